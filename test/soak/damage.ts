// Streams with some of their bytes changed, cut out, doubled, or replaced by what looks like a beginning.

import { sfc32 } from '../../src/random.ts'

/** Whole numbers below a limit, the same for the same seed. */
export function belowOf(seed: string): (limit: number) => number {
  const random = sfc32(seed)
  return limit => Math.floor((random() / 2 ** 32) * limit)
}

/** Hurts a stream in one to five places; `baits` are bytes that a decoder may take for more than they are. */
export function damaged(good: Buffer, below: (limit: number) => number, baits: readonly Uint8Array[]): Buffer {
  const parts: Uint8Array[] = [good]
  for (let hurts = below(5); hurts >= 0; hurts--) {
    const whole = Buffer.concat(parts.splice(0))
    const at = below(whole.length + 1)
    const length = below(12)
    const kinds: readonly (() => Uint8Array)[] = [
      () => Uint8Array.from({ length }, () => below(256)),
      () => new Uint8Array(0),
      () => new Uint8Array(8).fill(0xff),
      () => whole.subarray(below(whole.length), whole.length),
      ...baits.map(bait => () => bait),
    ]
    parts.push(whole.subarray(0, at), kinds[below(kinds.length)]?.() ?? good, whole.subarray(at + below(6)))
  }
  return Buffer.concat(parts)
}
