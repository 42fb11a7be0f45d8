// SVG as text: elements with their attributes, numbers short and the same everywhere.

type Attributes = Readonly<Record<string, string | number | undefined>>

/** Metrics of DejaVu Sans, which Verdana shares. */
export const FONT = 'DejaVu Sans, Verdana, sans-serif'

export function element(name: string, attributes: Attributes, content = ''): string {
  let text = `<${name}`
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined) continue
    text += ` ${key}="${typeof value === 'number' ? short(value) : escaped(value)}"`
  }
  return content === '' ? `${text}/>` : `${text}>${content}</${name}>`
}

export function label(x: number, y: number, text: string, attributes: Attributes): string {
  return element('text', { x, y, ...attributes }, escaped(text))
}

/** Hundredths of a pixel. */
export function short(value: number): string {
  return String(Math.round(value * 100) / 100 || 0)
}

/** Without what XML forbids. */
export function escaped(text: string): string {
  return text
    .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
}

/** A guess that is never much too small. */
export function textWidth(text: string, size: number): number {
  return text.length * size * 0.62
}

/** A path through points; where there is no number it is broken, and begins again. A point alone is drawn as a dot. */
export function pathThrough(points: Iterable<readonly [x: number, y: number]>): string {
  let path = ''
  let length = 0
  for (const [x, y] of points) {
    const isPoint = Number.isFinite(x) && Number.isFinite(y)
    if (isPoint) path += `${length === 0 ? 'M' : 'L'}${short(x)} ${short(y)}`
    else if (length === 1) path += 'h0'
    length = isPoint ? length + 1 : 0
  }
  return length === 1 ? `${path}h0` : path
}

export function document(width: number, height: number, ground: string, content: readonly string[]): string {
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    width,
    height,
    viewBox: `0 0 ${short(width)} ${short(height)}`,
    'font-family': FONT,
  }
  const all = [element('rect', { width, height, fill: ground }), ...content]
  return `${element('svg', attributes, `\n${all.join('\n')}\n`)}\n`
}
