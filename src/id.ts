// Ids that are unique for ever and sort by time: UUID version 7 (RFC 9562).

/** A uniform number in [0, 1), as of `Math.random`. */
export type Random = () => number

export interface IdOptions {
  /** Default: the system's random numbers. A seeded one makes the ids reproducible, together with `now`. */
  readonly random?: Random
  /** Epoch milliseconds; default: the system's clock. */
  readonly now?: () => number
}

/** Four hexadecimal digits each, written down when first asked for: making all of them would cost a start 8 ms. */
const HEX = new Array<string>(65536)

function hex(value: number): string {
  const known = HEX[value]
  if (known !== undefined) return known
  const digits = value.toString(16).padStart(4, '0')
  HEX[value] = digits
  return digits
}

const COUNTER_BITS = 12

/** A generator of ids that rise strictly, also within a millisecond and when the clock steps back. */
export function makeIds({ random = systemRandom(), now = Date.now }: IdOptions = {}): () => string {
  let last = Number.NEGATIVE_INFINITY
  let counter = 0
  return () => {
    const time = Math.floor(now())
    if (time > last) {
      last = time
      // Half the counter's range is left to count upwards in this millisecond.
      counter = Math.floor(random() * 2 ** (COUNTER_BITS - 1))
    } else if (++counter === 2 ** COUNTER_BITS) {
      last++
      counter = 0
    }
    return uuid7(last, counter, random)
  }
}

/** The id of one moment: 48 bits of epoch milliseconds, 12 of `counter`, 62 of `random`. */
export function uuid7(milliseconds: number, counter: number, random: Random): string {
  const high = Math.floor(milliseconds / 2 ** 16)
  const word = () => hex(Math.floor(random() * 65536))
  const variant = hex(0x8000 | Math.floor(random() * 0x4000))
  const time = `${hex(Math.floor(high / 65536) & 0xffff)}${hex(high & 0xffff)}-${hex(milliseconds % 65536)}`
  return `${time}-${hex(0x7000 | counter)}-${variant}-${word()}${word()}${word()}`
}

/** Drawn from the system in larger portions: one call a number would cost more than the id. */
export function systemRandom(): Random {
  const portion = new Uint32Array(256)
  let used = portion.length
  return () => {
    if (used === portion.length) {
      crypto.getRandomValues(portion)
      used = 0
    }
    return (portion[used++] ?? 0) / 2 ** 32
  }
}
