// Data inside JSON: how the bytes of a packet travel in the field `data` of an object.

import { type Json, type JsonObject, type Meta, NO_DATA, type Packet, packet } from '../packet.ts'
import { bytesOf, dtypeNamed, numbersOf } from './dtype.ts'

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/**
 * Takes bytes out of an object. The field `data` is bytes if and only if the object has a `dtype`, too, and `data` is
 * base64 text or an array of numbers of that dtype; anything else is a field like every other and stays in the meta.
 */
export function splitData(object: Meta): Packet {
  if (!Object.hasOwn(object, 'data') || !Object.hasOwn(object, 'dtype')) return packet(object)
  const bytes = dataBytes(object['data'], object['dtype'])
  if (bytes === undefined) return packet(object)
  const { data: _, ...meta } = object
  return packet(meta, bytes)
}

function dataBytes(data: Json | undefined, dtype: Json | undefined): Uint8Array | undefined {
  if (typeof data === 'string') return isBase64(data) ? Buffer.from(data, 'base64') : undefined
  if (!Array.isArray(data) || typeof dtype !== 'string') return undefined
  const type = dtypeNamed(dtype)
  return type && (data.length === 0 ? NO_DATA : bytesOf(data, type))
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
