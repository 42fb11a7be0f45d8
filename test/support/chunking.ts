// The same bytes cut in every way: whole, byte by byte, in two at each place, at random.

import type { Batch, Packet } from '../../src/packet.ts'
import type { Reject } from '../../src/stream/reject.ts'

export interface Cutting {
  readonly name: string
  readonly chunks: readonly Uint8Array[]
}

/** Cuts bytes; random cuts come from the seed, so that a failure can be repeated. */
export function* cuttings(bytes: Uint8Array, { seed = 1, random = 20 } = {}): Generator<Cutting> {
  yield { name: 'whole', chunks: [bytes] }
  yield { name: 'byte by byte', chunks: Array.from(bytes, (_, i) => bytes.slice(i, i + 1)) }
  for (const size of [2, 3, 7, 24, 64]) yield { name: `${size} bytes`, chunks: pieces(bytes, () => size) }
  const next = randomNumbers(seed)
  for (let i = 0; i < random; i++) {
    const most = [4, 30, 300, 3000][i % 4] ?? 4
    yield { name: `random cuts ${i} of seed ${seed}`, chunks: pieces(bytes, () => Math.floor(next() * most)) }
  }
}

/** Pieces of the sizes given, an empty one where it is 0. */
function pieces(bytes: Uint8Array, size: () => number): Uint8Array[] {
  const chunks: Uint8Array[] = []
  for (let at = 0; at < bytes.length; ) {
    const length = size()
    chunks.push(bytes.slice(at, at + length))
    at += length
  }
  return chunks
}

/** Numbers in [0, 1) of mulberry32 (Tommy Ettinger, public domain). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export interface Decoded {
  readonly packets: readonly { readonly meta: unknown; readonly data: string }[]
  readonly rejects: readonly {
    readonly reason: string
    readonly line: number | undefined
    readonly offset: number | undefined
    readonly bytes: string
  }[]
}

interface Steps<Input> {
  push(input: Input): Batch
  end?(): Batch
}

/** Runs a decoder over chunks and gives everything it said, in a form that can be compared. */
export function decodeAll(
  make: (reject: (reject: Reject) => void) => Steps<Uint8Array>,
  chunks: readonly Uint8Array[],
): Decoded {
  const rejects: Reject[] = []
  const decoder = make(reject => rejects.push({ ...reject, bytes: Buffer.from(reject.bytes) }))
  const packets: Packet[] = chunks.flatMap(chunk => [...decoder.push(chunk)])
  packets.push(...(decoder.end?.() ?? []))
  return {
    packets: packets.map(({ meta, data }) => ({ meta, data: Buffer.from(data).toString('hex') })),
    rejects: rejects.map(({ reason, place, bytes }) => ({
      reason,
      line: place.line,
      offset: place.offset,
      bytes: Buffer.from(bytes).toString('latin1'),
    })),
  }
}

/** A rejecter for input that must be good. */
export function noReject(reject: Reject): void {
  throw new Error(`rejected: ${reject.reason}: ${reject.detail ?? ''} ${Buffer.from(reject.bytes).toString('latin1')}`)
}
