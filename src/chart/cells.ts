// A screen of character cells, and the text that makes a terminal show it.

import type { Rgb } from './color-map.ts'

/** How many colours a terminal has: none, a palette of 256, or all. */
export type Colors = 'none' | 'palette' | 'true'

const UNSET = -1

export class Cells {
  readonly columns: number
  readonly rows: number
  readonly #texts: string[]
  readonly #inks: Int32Array
  readonly #grounds: Int32Array

  constructor(columns: number, rows: number) {
    this.columns = columns
    this.rows = rows
    this.#texts = new Array<string>(columns * rows).fill(' ')
    this.#inks = new Int32Array(columns * rows).fill(UNSET)
    this.#grounds = new Int32Array(columns * rows).fill(UNSET)
  }

  /** One character; what lies outside is left away. */
  put(column: number, row: number, text: string, ink?: Rgb, ground?: Rgb): void {
    if (column < 0 || row < 0 || column >= this.columns || row >= this.rows) return
    const at = row * this.columns + column
    this.#texts[at] = text
    this.#inks[at] = ink ? packed(ink) : UNSET
    this.#grounds[at] = ground ? packed(ground) : UNSET
  }

  /** Nothing that a packet says can move the cursor or take two cells. */
  write(column: number, row: number, text: string, ink?: Rgb): void {
    let at = column
    for (const character of text) this.put(at++, row, NARROW.test(character) ? character : '?', ink)
  }

  /** The characters of a row, for tests and for terminals without colours. */
  rowText(row: number): string {
    return this.#texts
      .slice(row * this.columns, (row + 1) * this.columns)
      .join('')
      .trimEnd()
  }

  /** What turns the screen from the one before into this one: rows that are equal stay as they are. */
  paint(before: Cells | undefined, colors: Colors): string {
    const isSame = before?.columns === this.columns && before.rows === this.rows
    let text = isSame ? '' : '\x1b[0m\x1b[2J'
    for (let row = 0; row < this.rows; row++) {
      if (isSame && before && this.#equalRow(before, row)) continue
      text += `\x1b[${row + 1};1H${this.#rowPaint(row, colors)}`
    }
    return text
  }

  #equalRow(other: Cells, row: number): boolean {
    for (let at = row * this.columns; at < (row + 1) * this.columns; at++) {
      const isEqual =
        this.#texts[at] === other.#texts[at] &&
        this.#inks[at] === other.#inks[at] &&
        this.#grounds[at] === other.#grounds[at]
      if (!isEqual) return false
    }
    return true
  }

  #rowPaint(row: number, colors: Colors): string {
    let text = '\x1b[0m'
    let [ink, ground] = [UNSET, UNSET]
    for (let at = row * this.columns; at < (row + 1) * this.columns; at++) {
      const [nextInk, nextGround] = [this.#inks[at] ?? UNSET, this.#grounds[at] ?? UNSET]
      if (colors !== 'none' && (nextInk !== ink || nextGround !== ground)) {
        text += `\x1b[0${colorCode(38, nextInk, colors)}${colorCode(48, nextGround, colors)}m`
        ink = nextInk
        ground = nextGround
      }
      text += this.#texts[at] ?? ' '
    }
    return `${text}\x1b[0m`
  }
}

/** One cell wide, for sure: Latin, Greek, Cyrillic, what this project draws with, and signs of units. */
const NARROW =
  /^[ -~\u00a0-\u02af\u0370-\u052f\u2010-\u2027\u2032\u2033\u2070-\u20bf\u2100-\u21ff\u2212\u221a\u221e\u2500-\u259f\u25b2\u25bc\u25cf\u2800-\u28ff]$/u

function packed([red, green, blue]: Rgb): number {
  return (red << 16) | (green << 8) | blue
}

function colorCode(kind: 38 | 48, color: number, colors: Colors): string {
  if (color === UNSET) return ''
  const [red, green, blue] = [color >> 16, (color >> 8) & 255, color & 255]
  return colors === 'true' ? `;${kind};2;${red};${green};${blue}` : `;${kind};5;${paletteColor(red, green, blue)}`
}

/** The nearest of the 6 × 6 × 6 cube and the greys of the palette of 256. */
export function paletteColor(red: number, green: number, blue: number): number {
  const step = (part: number) => (part < 48 ? 0 : part < 115 ? 1 : Math.min(5, Math.floor((part - 35) / 40)))
  const [r, g, b] = [step(red), step(green), step(blue)]
  const level = (part: number) => (part === 0 ? 0 : 55 + 40 * part)
  const grey = Math.max(0, Math.min(23, Math.round(((red + green + blue) / 3 - 8) / 10)))
  const distance = (r2: number, g2: number, b2: number) => (red - r2) ** 2 + (green - g2) ** 2 + (blue - b2) ** 2
  const greyLevel = 8 + 10 * grey
  const isGrey = distance(greyLevel, greyLevel, greyLevel) < distance(level(r), level(g), level(b))
  return isGrey ? 232 + grey : 16 + 36 * r + 6 * g + b
}
