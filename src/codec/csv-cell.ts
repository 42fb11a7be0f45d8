// What a cell of CSV means in JSON, and how a value of JSON stands in a cell.

import type { Json } from '../packet.ts'

const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/
/** So many digits survive in a double, if the exponent does, too. */
const EXACT_DIGITS = 15
const LARGEST = 1e290

/** Cells that an unquoted text would be mistaken in: a number, a literal, nothing. */
const AMBIGUOUS = /^(?:|true|false|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)$/
const NEEDS_QUOTES = /[",\r\n]/

/**
 * The JSON text of a cell. Unquoted: nothing is null; `true`, `false` and numbers that a double holds are what they
 * look like, in the spelling they have. Quoted or not: what starts with `{` or `[` and parses is JSON. Everything else
 * is text.
 */
export function jsonOfCell(cell: string, { quoted = false } = {}): string {
  if (!quoted) {
    if (cell === '') return 'null'
    if (cell === 'true' || cell === 'false') return cell
    if (isNumber(cell)) return cell
  }
  if ((cell[0] === '{' || cell[0] === '[') && parses(cell)) {
    // Outside of strings a line ending is white space, and inside it cannot be.
    return cell.replace(/[\r\n]/g, ' ')
  }
  return JSON.stringify(cell)
}

/** Whether a double keeps the value: an identifier of 20 digits is no number. */
function isNumber(cell: string): boolean {
  const first = cell.charCodeAt(0)
  if (!(first === 0x2d || (first >= 0x30 && first <= 0x39)) || !NUMBER.test(cell)) return false
  const value = Number(cell)
  if (String(value) === cell) return true
  const [mantissa = ''] = cell.split(/[eE]/)
  const digits = mantissa.replace(/^-?[0.]*|\./g, '')
  if (digits === '') return true
  const size = Math.abs(value)
  return digits.length <= EXACT_DIGITS && size < LARGEST && size > 1 / LARGEST
}

function parses(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** The cell of a value, quoted where RFC 4180 or `jsonOfCell` asks for it. A missing value is null. */
export function cellOf(value: Json | undefined): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number' || typeof value === 'boolean') return JSON.stringify(value)
  if (typeof value === 'string') return AMBIGUOUS.test(value) ? `"${value}"` : quoted(value)
  return quoted(JSON.stringify(value))
}

/** RFC 4180: in quotes where it has to be. */
export function quoted(text: string): string {
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** The cells of one row, which may end in a newline. */
export function textsOf(row: string): readonly string[] {
  const cells = row.replace(/\r?\n?$/, '').match(/(?:^|,)(?:"(?:[^"]|"")*"|[^,]*)/g) ?? []
  return cells.map(cell => {
    const text = cell.replace(/^,/, '')
    return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text
  })
}
