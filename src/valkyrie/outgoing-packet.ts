// A packet as a program writes it: its meta in words at once, its bytes as they are.

import { Parts } from '../codec/parts.ts'
import { UsageError } from '../errors.ts'
import { type Meta, NO_DATA } from '../packet.ts'

/** Bytes in any of the usual forms; null and undefined are none. */
export type Data = ArrayBuffer | ArrayBufferView | null | undefined

const ORIGIN = { source: 'write' }
const BRACE = 0x7b

/** Throws a UsageError where the meta is no object that JSON can hold, or the data are no bytes. */
export function packetOf(meta: Meta, data: Data): Parts {
  const bytes = Buffer.from(textOf(meta))
  if (bytes[0] !== BRACE) throw new UsageError('the meta of a packet: expected an object')
  return new Parts(bytes, bytesOf(data), ORIGIN)
}

function textOf(meta: Meta): string {
  try {
    return JSON.stringify(meta) ?? ''
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UsageError(`the meta of a packet: ${reason}`, { cause: error })
  }
}

function bytesOf(data: Data): Uint8Array {
  if (data === null || data === undefined) return NO_DATA
  if (data instanceof Uint8Array) return data
  if (data instanceof ArrayBuffer) return new Uint8Array(data)
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  throw new UsageError('the data of a packet: expected a typed array, an ArrayBuffer or null')
}
