// The lines that sensors write, found by their bytes: where timestamp, id and name lie, without making texts of them.

import type { Line } from '../codec/line.ts'
import { numberAt, numberEnd } from '../codec/scan.ts'

/** Lines of `{"timestamp":"…","id":"…","name":"…","value":…}` in one buffer. */
export interface PlainLines {
  readonly buffer: Buffer
  /** Of each line `WIDTH` numbers: where the timestamp starts, the lengths of timestamp, id and name, the value. */
  readonly places: number[]
}

export const WIDTH = 5

const TIMESTAMP = Buffer.from('{"timestamp":"')
const ID = Buffer.from('","id":"')
const NAME = Buffer.from('","name":"')
const VALUE = Buffer.from('","value":')

/** From the end of one text to the start of the next. */
export const TO_ID = ID.length
export const TO_NAME = NAME.length

const QUOTE = 0x22
/** 1 for the bytes at which a plain text ends: a quote, a backslash, a control character. */
const STOP = Uint8Array.from({ length: 256 }, (_, byte) => (byte < 0x20 || byte === QUOTE || byte === 0x5c ? 1 : 0))

/**
 * Adds the places of a line, or says that the line is another one. The value is a number that a double holds, and if
 * it is whole, an integer of 53 bits, no negative zero.
 */
export function cutPlainLine({ buffer, start, end }: Line, places: number[]): boolean {
  if (!isAt(TIMESTAMP, buffer, start)) return false
  const timestamp = start + TIMESTAMP.length
  const timestampEnd = textEnd(buffer, timestamp, end)
  if (!isAt(ID, buffer, timestampEnd)) return false
  const id = timestampEnd + ID.length
  const idEnd = textEnd(buffer, id, end)
  if (!isAt(NAME, buffer, idEnd)) return false
  const name = idEnd + NAME.length
  const nameEnd = textEnd(buffer, name, end)
  if (!isAt(VALUE, buffer, nameEnd)) return false
  const digits = nameEnd + VALUE.length
  // The line ends with the brace that ends the object.
  if (numberEnd(buffer, digits) !== end - 1) return false
  const value = numberAt(buffer, digits, end - 1)
  if (Number.isInteger(value) ? !Number.isSafeInteger(value) || Object.is(value, -0) : !Number.isFinite(value)) {
    return false
  }
  places.push(timestamp, timestampEnd - timestamp, idEnd - id, nameEnd - name, value)
  return true
}

function isAt(bytes: Uint8Array, buffer: Buffer, from: number): boolean {
  for (let i = 0; i < bytes.length; i++) if (buffer[from + i] !== bytes[i]) return false
  return true
}

function textEnd(buffer: Buffer, from: number, end: number): number {
  let at = from
  while (at < end && STOP[buffer[at] ?? 0] === 0) at++
  return at
}
