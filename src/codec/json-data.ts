// Data inside JSON: how the bytes of a packet travel in the field `data` of an object.

import { DataError, type Place } from '../errors.ts'
import { type Json, type JsonObject, type Meta, NO_DATA, type Packet, packet } from '../packet.ts'
import { bytesOf, dtypeNamed, numbersOf } from './dtype.ts'
import { BAD_DATA } from './unreadable.ts'

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/**
 * Takes bytes out of an object. The field `data` is bytes if and only if the object has a `dtype`, too: base64 text or
 * an array of numbers of that dtype. Beside a dtype that nobody knows it may be anything: what is no base64 text stays
 * in the meta. Throws a DataError if `data` is not what its dtype asks for; `from` says where the object stood.
 */
export function splitData(object: Meta, from: { readonly place: Place }): Packet {
  if (!Object.hasOwn(object, 'data') || !Object.hasOwn(object, 'dtype')) return packet(object)
  const bytes = dataBytes(object['data'], object['dtype'])
  if (bytes === undefined) return packet(object)
  if (typeof bytes === 'string') throw new DataError(from.place, `${BAD_DATA}: ${bytes}`)
  const { data: _, ...meta } = object
  return packet(meta, bytes)
}

/** Text where there should be bytes and are none: what is wrong. Nothing where the dtype does not ask for any. */
function dataBytes(data: Json | undefined, dtype: Json | undefined): Uint8Array | string | undefined {
  if (typeof data === 'string' && isBase64(data)) return Buffer.from(data, 'base64')
  const type = typeof dtype === 'string' ? dtypeNamed(dtype) : undefined
  if (!type) return undefined
  if (!Array.isArray(data)) return `expected base64 text or an array of ${type.name}`
  return data.length === 0 ? NO_DATA : bytesOf(data, type)
}

/** A regular expression over megabytes would exhaust its stack: long texts are tested piece by piece. */
function isBase64(text: string): boolean {
  if (text.length % 4 !== 0) return false
  const piece = 65536
  for (let at = 0; at < text.length; at += piece) {
    const part = text.slice(at, at + piece)
    if (!BASE64.test(part) || (at + piece < text.length && part.endsWith('='))) return false
  }
  return true
}

/**
 * The text of a packet as one JSON object. Numbers (`array`; complex ones interleaved) are written where the dtype is
 * known and JSON can hold every value, base64 text otherwise. Nothing if the meta has a `data` of its own, which
 * the bytes would overwrite.
 */
export function jsonText({ meta, data }: Packet, as: 'base64' | 'array'): string | undefined {
  if (data.length === 0) return JSON.stringify(meta)
  if (Object.hasOwn(meta, 'data')) return undefined
  const dtype = meta['dtype'] ?? 'uint8'
  const type = as === 'array' && typeof dtype === 'string' ? dtypeNamed(dtype) : undefined
  const numbers = type && numbersOf(data, type)
  const head: JsonObject = { ...meta, dtype }
  const value = numbers ? `[${numbers.map(numberText).join(',')}]` : `"${base64(data)}"`
  return `${JSON.stringify(head).slice(0, -1)},"data":${value}}`
}

/** JSON.stringify would lose the sign of zero. */
function numberText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}

function base64(data: Uint8Array): string {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64')
}
