// Runs as few buffers: small ones are joined, because each buffer of a write costs more than copying so many bytes.

import type { Run } from './run.ts'

const SMALL = 4096

/** The bytes of runs in their order; large runs as they are. */
export function gathered(runs: readonly Run[]): Uint8Array[] {
  const [only] = runs
  if (runs.length === 1 && only) return [only.bytes]
  const chunks: Uint8Array[] = []
  for (let index = 0; index < runs.length; ) {
    let length = 0
    let to = index
    for (let run = runs[to]; run && run.length <= SMALL; run = runs[++to]) length += run.length
    const run = runs[index]
    if (to <= index + 1) {
      if (run) chunks.push(run.bytes)
      index++
    } else {
      chunks.push(joined(runs.slice(index, to), length))
      index = to
    }
  }
  return chunks
}

/** The bytes of runs, `length` in all, in one buffer. */
export function joined(runs: readonly Run[], length: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(length)
  let used = 0
  for (const { buffer, start, end } of runs) used += buffer.copy(bytes, used, start, end)
  return bytes
}
