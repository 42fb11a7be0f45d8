// The private protocol between a sensor and the network: blocks of whole messages behind a header of numbers.

import type { Step } from '../stream/step.ts'

/**
 * The header, little-endian. Thanks to it the network counts and orders messages without looking at them.
 * 0 u32 payload bytes · 4 u32 kind · 8 u32 messages · 12 u32 late ticks skipped before · 16 u32 stuck readings ·
 * 20 u32 bytes of meta in a frame · 24 f64 time of the first message · 32 f64 from message to message ·
 * 40 f64 no later message is before this time; times are milliseconds since 1970 on the schedule
 */
const HEADER = 48

/** Why a block is sent; a kind's number is its place. */
const KINDS = ['ready', 'lines', 'frame', 'progress', 'warning', 'reject', 'failure', 'end'] as const
export type BlockKind = (typeof KINDS)[number]

export interface Block {
  readonly kind: BlockKind
  readonly count: number
  readonly late: number
  readonly stuck: number
  readonly metaLength: number
  readonly time: number
  readonly step: number
  readonly next: number
  readonly payload: Uint8Array
}

export type BlockParts = Pick<Block, 'kind'> & Partial<Block>

const NOTHING = new Uint8Array(0)

export function encodeBlock(parts: BlockParts): Uint8Array {
  const { kind, count = 0, late = 0, stuck = 0, metaLength = 0, payload = NOTHING } = parts
  const { time = Number.NEGATIVE_INFINITY, step = 0, next = Number.NEGATIVE_INFINITY } = parts
  const bytes = Buffer.allocUnsafeSlow(HEADER + payload.length)
  bytes.writeUInt32LE(payload.length, 0)
  bytes.writeUInt32LE(KINDS.indexOf(kind), 4)
  bytes.writeUInt32LE(count, 8)
  bytes.writeUInt32LE(late, 12)
  bytes.writeUInt32LE(stuck, 16)
  bytes.writeUInt32LE(metaLength, 20)
  bytes.writeDoubleLE(time, 24)
  bytes.writeDoubleLE(step, 32)
  bytes.writeDoubleLE(next, 40)
  bytes.set(payload, HEADER)
  return bytes
}

/** Text in a block that carries words. */
export function textBlock(kind: 'warning' | 'reject' | 'failure', text: string): Uint8Array {
  return encodeBlock({ kind, payload: Buffer.from(text) })
}

/** Bytes to blocks. Payloads alias what was pushed where a block was whole in it. */
export function blockDecoder(): Step<Uint8Array, readonly Block[]> {
  let chunks: Uint8Array[] = []
  let held = 0
  let needed = HEADER
  return {
    push(chunk) {
      chunks.push(chunk)
      held += chunk.length
      if (held < needed) return []
      const bytes = chunks.length === 1 ? chunk : Buffer.concat(chunks, held)
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      const blocks: Block[] = []
      let offset = 0
      needed = HEADER
      while (held - offset >= HEADER) {
        const size = HEADER + view.getUint32(offset, true)
        if (held - offset < size) {
          needed = size
          break
        }
        blocks.push(readBlock(bytes, view, offset, size))
        offset += size
      }
      held -= offset
      chunks = held > 0 ? [bytes.subarray(offset)] : []
      return blocks
    },
  }
}

function readBlock(bytes: Uint8Array, view: DataView, offset: number, size: number): Block {
  const kind = KINDS[view.getUint32(offset + 4, true)]
  if (kind === undefined) throw new Error('a sensor sent a block of an unknown kind')
  return {
    kind,
    count: view.getUint32(offset + 8, true),
    late: view.getUint32(offset + 12, true),
    stuck: view.getUint32(offset + 16, true),
    metaLength: view.getUint32(offset + 20, true),
    time: view.getFloat64(offset + 24, true),
    step: view.getFloat64(offset + 32, true),
    next: view.getFloat64(offset + 40, true),
    payload: bytes.subarray(offset + HEADER, offset + size),
  }
}
