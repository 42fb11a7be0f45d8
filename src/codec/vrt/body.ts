// What the body of a context packet says, whatever kind of context packet it is.

import type { JsonObject } from '../../packet.ts'
import { readContext, writeContext } from './fields.ts'
import { fractionKindOf, prologueWords, secondsKindOf, TYPE, typeOf, WORD } from './header.ts'
import { readSpeca, SPECA, writeSpeca } from './speca.ts'
import { EXTENSION, readExtension, writeExtension } from './thinkrf.ts'
import { WordReader } from './words.ts'

/** Throws TooShort where the packet ends before its fields; extension context that is not known is `hex` digits. */
export function readBody(buffer: Buffer, start: number, end: number): JsonObject {
  const word = buffer.readUInt32BE(start)
  const bodyStart = start + prologueWords(word) * WORD
  const reader = () => new WordReader(buffer, bodyStart, end)
  if (typeOf(word) === TYPE.context) return readContext(reader())
  const stream = buffer.readUInt32BE(start + WORD)
  const body = buffer.subarray(bodyStart, end)
  if (stream === SPECA && secondsKindOf(word) === 0 && fractionKindOf(word) === 0) {
    const speca = readSpeca(body)
    if (speca !== undefined) return { speca }
  }
  const known = stream === EXTENSION ? readExtension(reader()) : undefined
  return known ?? { hex: body.toString('hex') }
}

/** Throws BadValue where a field's value cannot be sent. */
export function writeBody(type: number, stream: number, context: JsonObject): Buffer {
  const { hex, speca } = context
  if (type === TYPE.context) return writeContext(context)
  if (typeof hex === 'string') return Buffer.from(hex, 'hex')
  if (speca !== undefined) return writeSpeca(speca)
  return stream === EXTENSION ? writeExtension(context) : writeContext(context)
}
