// VRT packets for tests: written as words in hex, decoded in every chunking.

import type { DecodeOptions } from '../../src/codec/codec.ts'
import { vrt } from '../../src/codec/vrt.ts'
import type { Batch, Meta, Packet } from '../../src/packet.ts'
import type { Reject } from '../../src/stream/reject.ts'
import { type Decoded, decodeAll, noReject } from './chunking.ts'

/** 2023-11-14T22:13:20.123456789012Z, as most packets of the goldens have it. */
export const STAMP = '6553f100 0000001c be991a14'
export const TIME = { timestamp: '2023-11-14T22:13:20.123456789Z', timestamp_ns: '1700000000123456789' }
/** The same as `vrt` fields. */
export const WIRE = { tsi: 'utc', seconds: 1700000000, tsf: 'picoseconds', fraction: '123456789012' }

export function bytesOfHex(...packets: readonly string[]): Buffer {
  return Buffer.from(packets.join('').replaceAll(/\s/g, ''), 'hex')
}

/** A packet: its header without the size, then words of hex. */
export function sized(header: string, ...words: readonly string[]): string {
  const body = words.join('').replaceAll(' ', '')
  return `${header}${(1 + body.length / 8).toString(16).padStart(4, '0')}${body}`
}

export function decode(chunks: readonly Uint8Array[], options: Partial<DecodeOptions> = {}): Decoded {
  return decodeAll(reject => vrt.decoder({ source: 'in', reject, ...options }), chunks)
}

/** Packets of bytes that are good. */
export function packetsOf(bytes: Uint8Array, options: Partial<DecodeOptions> = {}): readonly Packet[] {
  const decoder = vrt.decoder({ source: 'in', reject: noReject, ...options })
  return [...decoder.push(bytes), ...(decoder.end?.() ?? [])]
}

export function metasOf(bytes: Uint8Array, options: Partial<DecodeOptions> = {}): readonly Meta[] {
  return packetsOf(bytes, options).map(({ meta }) => meta)
}

export function encode(batch: Batch, reject: (reject: Reject) => void = noReject): Buffer {
  const encoder = vrt.encoder({ reject })
  return Buffer.concat([...encoder.push(batch), ...(encoder.end?.() ?? [])])
}

/** Packets that have been through ndjson: nothing of what they came as is left but meta and data. */
export function plain(batch: Batch): Batch {
  return batch.map(({ meta, data }) => ({ meta: JSON.parse(JSON.stringify(meta)), data: Uint8Array.from(data) }))
}
