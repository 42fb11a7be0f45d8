// The colours of levels: from dark to bright, each step as much brighter as the one before.

export type Rgb = readonly [red: number, green: number, blue: number]

/** Inferno of Matplotlib (CC0), at equal distances. */
const INFERNO: readonly Rgb[] = [
  [0, 0, 4],
  [22, 11, 57],
  [66, 10, 104],
  [106, 23, 110],
  [147, 38, 103],
  [188, 55, 84],
  [221, 81, 58],
  [243, 120, 25],
  [252, 165, 10],
  [246, 215, 70],
  [252, 255, 164],
]

const SHADES = 256

/** 256 shades from the lowest level to the highest. */
export const COLOR_MAP: readonly Rgb[] = Array.from({ length: SHADES }, (_, shade) => {
  const at = (shade / (SHADES - 1)) * (INFERNO.length - 1)
  const low = Math.min(INFERNO.length - 2, Math.floor(at))
  const [below, above] = [INFERNO[low], INFERNO[low + 1]]
  return below && above ? mix(below, above, at - low) : BLACK
})

const BLACK: Rgb = [0, 0, 0]

function mix(a: Rgb, b: Rgb, part: number): Rgb {
  const between = (k: 0 | 1 | 2) => Math.round(a[k] + part * (b[k] - a[k]))
  return [between(0), between(1), between(2)]
}

/** Which shade a level has in a range; what is no number has the lowest. */
export function shadeOf(level: number, from: number, to: number): number {
  const part = (level - from) / (to - from)
  return part > 0 ? Math.min(SHADES - 1, Math.floor(part * SHADES)) : 0
}

export function hex([red, green, blue]: Rgb): string {
  return `#${[red, green, blue].map(part => part.toString(16).padStart(2, '0')).join('')}`
}
