// What an instrument answers over SCPI: lines, and blocks of bytes whose length comes first (IEEE 488.2, 8.7.9).

import { Gather } from '../codec/gather.ts'
import { DataError } from '../errors.ts'
import type { Step } from '../stream/step.ts'

/** A line without its end, or the bytes of a block. */
export type Reply = string | Buffer

const NEWLINE = 10
const HASH = 0x23
const ZERO = 0x30
/** A longer line or block is no answer to any question that is asked here. */
const LONGEST = 2 ** 28

/** Throws a DataError at what can be no answer. */
export class ReplyReader implements Step<Buffer, readonly Reply[]> {
  readonly #source: string
  readonly #held = new Gather()
  /** How many bytes must be held before it is worth looking again. */
  #needed = 1

  constructor(source: string) {
    this.#source = source
  }

  push(input: Buffer): readonly Reply[] {
    this.#held.add(input)
    const replies: Reply[] = []
    while (this.#held.length >= this.#needed) {
      const bytes = this.#held.take()
      this.#needed = 1
      const end = bytes[0] === HASH ? this.#block(bytes, replies) : this.#line(bytes, replies)
      this.#held.add(bytes.subarray(end))
      if (end === 0) break
    }
    return replies
  }

  /** Gives where the line ends, or 0 if it has not ended yet. */
  #line(bytes: Buffer, replies: Reply[]): number {
    const newline = bytes.indexOf(NEWLINE)
    if (newline < 0) {
      this.#needed = bytes.length + 1
      this.#check(this.#needed)
      return 0
    }
    const line = bytes.toString('utf8', 0, newline).trim()
    if (line !== '') replies.push(line)
    return newline + 1
  }

  /** `#`, how many digits, the digits, so many bytes, and a line end that the length does not count. */
  #block(bytes: Buffer, replies: Reply[]): number {
    const digits = (bytes[1] ?? ZERO + 1) - ZERO
    if (bytes.length >= 2 && !(digits >= 1 && digits <= 9)) {
      throw new DataError({ source: this.#source }, `a block of ${digits} digits, expected 1 to 9`)
    }
    const start = 2 + digits
    if (bytes.length < start) {
      this.#needed = Math.max(2, start)
      return 0
    }
    const length = Number(bytes.toString('latin1', 2, start))
    if (!Number.isInteger(length)) throw new DataError({ source: this.#source }, 'a block without a length')
    this.#needed = start + length + 1
    this.#check(this.#needed)
    if (bytes.length < this.#needed) return 0
    replies.push(bytes.subarray(start, start + length))
    const end = this.#needed
    this.#needed = 1
    return end
  }

  #check(length: number): void {
    if (length <= LONGEST) return
    throw new DataError({ source: this.#source }, `an answer of ${length} bytes, expected at most ${LONGEST}`)
  }
}
