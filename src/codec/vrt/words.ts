// Fields of a packet, read and written one after the other.

import { isObject, type Json, type JsonObject } from '../../packet.ts'
import { ByteWriter } from '../byte-writer.ts'
import { WORD, wordText } from './header.ts'

/** Thrown where a packet ends before the fields that it speaks of. */
export class TooShort extends Error {
  override readonly name = 'TooShort'
}
/** Thrown where a value cannot be written. */
export class BadValue extends Error {
  override readonly name = 'BadValue'
}

const TWO_32 = 2 ** 32
/** Frequencies count in steps of 2^-20 Hz. */
const HERTZ = 2 ** 20

/** Reads from `at` to `end`; throws TooShort beyond it. */
export class WordReader {
  readonly #buffer: Buffer
  readonly #end: number
  #at: number

  constructor(buffer: Buffer, start: number, end: number) {
    this.#buffer = buffer
    this.#at = start
    this.#end = end
  }

  unsigned(): number {
    return this.#buffer.readUInt32BE(this.#take(WORD))
  }

  signed(): number {
    return this.#buffer.readInt32BE(this.#take(WORD))
  }

  /** The nearest number to a 64-bit one. */
  signed64(): number {
    const at = this.#take(2 * WORD)
    return this.#buffer.readInt32BE(at) * TWO_32 + this.#buffer.readUInt32BE(at + WORD)
  }

  unsigned64(): bigint {
    return this.#buffer.readBigUInt64BE(this.#take(2 * WORD))
  }

  hertz(): number {
    return this.signed64() / HERTZ
  }

  text(words: number): string {
    const at = this.#take(words * WORD)
    return this.#buffer.toString('latin1', at, at + words * WORD).replace(/\0+$/, '')
  }

  list(words: number): string[] {
    return Array.from({ length: words }, () => wordText(this.unsigned()))
  }

  get rest(): Buffer {
    return this.#buffer.subarray(this.#at, this.#end)
  }

  #take(bytes: number): number {
    const at = this.#at
    if (at + bytes > this.#end) throw new TooShort()
    this.#at = at + bytes
    return at
  }
}

/** Writes fields; what is no such value throws BadValue. */
export class WordWriter {
  readonly #bytes = new ByteWriter()

  word(value: number): void {
    const bytes = this.#bytes
    bytes.room(WORD)
    bytes.used = bytes.buffer.writeUInt32BE(value >>> 0, bytes.used)
  }

  /** A whole number of 64 bits. */
  signed64(value: number): void {
    if (!(Math.abs(value) < 2 ** 63)) throw new BadValue(`${value} does not fit 64 bits`)
    const high = Math.floor(value / TWO_32)
    this.word(high)
    this.word(value - high * TWO_32)
  }

  unsigned64(value: bigint): void {
    if (value < 0n || value >= 2n ** 64n) throw new BadValue(`${value} does not fit 64 bits`)
    this.word(Number(value >> 32n))
    this.word(Number(value & 0xffff_ffffn))
  }

  hertz(value: Json): void {
    this.signed64(Math.round(numberOf(value) * HERTZ))
  }

  text(text: string): void {
    const bytes = Buffer.from(text, 'latin1')
    this.bytes(bytes)
    for (let at = bytes.length; at % WORD !== 0; at++) this.#bytes.byte(0)
  }

  bytes(bytes: Uint8Array): void {
    this.#bytes.bytes(bytes)
  }

  list(list: readonly Json[]): void {
    for (const text of list) this.word(wordOf(text))
  }

  finish(): Buffer {
    return this.#bytes.finish()
  }
}

export function numberOf(value: Json | undefined): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw new BadValue(`${JSON.stringify(value)}, expected a number`)
}

/** A number of so many bits, two's complement, in steps of `1 / scale`. */
export function scaled(value: Json | undefined, scale: number, bits: number): number {
  const steps = Math.round(numberOf(value) * scale)
  if (steps >= -(2 ** (bits - 1)) && steps < 2 ** (bits - 1)) return bits === 32 ? steps : steps & (2 ** bits - 1)
  throw new BadValue(`${value} does not fit ${bits} bits in steps of ${1 / scale}`)
}

/** An identifier: `0x90000001`, or a number. */
export function wordOf(value: Json | undefined): number {
  const word = typeof value === 'string' ? Number(value) : value
  if (typeof word === 'number' && Number.isInteger(word) && word >= 0 && word < TWO_32) return word
  throw new BadValue(`${JSON.stringify(value)}, expected a word such as 0x90000001`)
}

export function objectOf(value: Json | undefined): JsonObject {
  if (isObject(value)) return value
  throw new BadValue(`${JSON.stringify(value)}, expected an object`)
}

export function listOf(value: Json | undefined): readonly Json[] {
  if (Array.isArray(value)) return value
  throw new BadValue(`${JSON.stringify(value)}, expected a list`)
}
