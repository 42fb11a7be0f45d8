// The colour map of waterfalls: from near black over violet and orange to a pale yellow, lighter all the way.

/** sRGB, from the lowest level to the highest, each as light above the one before as the next is above it. */
const ANCHORS = ['#05070d', '#221f5e', '#6a2385', '#b92d78', '#ee5d50', '#fc9f3a', '#fbe58a', '#fffbe6'] as const
const SHADES = 256

type Triple = readonly [number, number, number]

/** The whole number 0 … 255 of a shade; NaN is the lowest. */
export function shadeOf(value: number): number {
  return value > 0 ? Math.min(SHADES - 1, Math.round(value)) : 0
}

/** The shade of a level on a range. */
export function shadeOfLevel(level: number, bottom: number, top: number): number {
  return shadeOf(((level - bottom) / (top - bottom)) * (SHADES - 1))
}

/** `#rrggbb`. */
export function shadeText(shade: number): string {
  return `#${[...COLORS.subarray(3 * shade, 3 * shade + 3)].map(part => part.toString(16).padStart(2, '0')).join('')}`
}

/** Between two anchors the way is straight in OKLab, where equal distances look equal. */
function makeColors(): Uint8Array {
  const labs = ANCHORS.map(labOf)
  const colors = new Uint8Array(3 * SHADES)
  for (let shade = 0; shade < SHADES; shade++) {
    const place = (shade / (SHADES - 1)) * (labs.length - 1)
    const first = Math.min(labs.length - 2, Math.floor(place))
    const [from = ORIGIN, to = ORIGIN] = labs.slice(first, first + 2)
    const part = place - first
    const [l, a, b] = from.map((value, k) => value + part * ((to[k] ?? 0) - value))
    colors.set(srgbOf([l ?? 0, a ?? 0, b ?? 0]), 3 * shade)
  }
  return colors
}

const ORIGIN: Triple = [0, 0, 0]

/** B. Ottosson, A perceptual color space for image processing, 2020. */
const TO_LMS: readonly Triple[] = [
  [0.4122214708, 0.5363325363, 0.0514459929],
  [0.2119034982, 0.6806995451, 0.1073969566],
  [0.0883024619, 0.2817188376, 0.6299787005],
]
const TO_LAB: readonly Triple[] = [
  [0.2104542553, 0.793617785, -0.0040720468],
  [1.9779984951, -2.428592205, 0.4505937099],
  [0.0259040371, 0.7827717662, -0.808675766],
]
const FROM_LAB: readonly Triple[] = [
  [1, 0.3963377774, 0.2158037573],
  [1, -0.1055613458, -0.0638541728],
  [1, -0.0894841775, -1.291485548],
]
const FROM_LMS: readonly Triple[] = [
  [4.0767416621, -3.3077115913, 0.2309699292],
  [-1.2684380046, 2.6097574011, -0.3413193965],
  [-0.0041960863, -0.7034186147, 1.707614701],
]

export function labOf(text: string): Triple {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map(at => linear(Number.parseInt(text.slice(at, at + 2), 16) / 255))
  return times(TO_LAB, times(TO_LMS, [r, g, b]), Math.cbrt)
}

function srgbOf(lab: Triple): Triple {
  return times(FROM_LMS, times(FROM_LAB, lab), value => value ** 3, encoded)
}

function times(
  matrix: readonly Triple[],
  [x, y, z]: Triple,
  before: (value: number) => number = same,
  after: (value: number) => number = same,
): Triple {
  const [u, v, w] = [before(x), before(y), before(z)]
  const [first = 0, second = 0, third = 0] = matrix.map(([a, b, c]) => after(a * u + b * v + c * w))
  return [first, second, third]
}

const same = (value: number) => value

function linear(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
}

/** 0 … 255. */
function encoded(value: number): number {
  const light = Math.min(1, Math.max(0, value))
  return Math.round(255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055))
}

/** Red, green and blue of each of 256 shades, one behind the other. */
export const COLORS: Uint8Array = makeColors()
