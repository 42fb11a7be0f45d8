// Subscribers over HTTP that are sent packets for as long as they stay: server-sent events, or lines without end.

import type { ServerResponse } from 'node:http'
import { asBuffer } from '../codec/gather.ts'
import type { Wire } from './outbox.ts'

const NEWLINE = 10
const EVENT = Buffer.from('data: ')
const END = Buffer.from('\n\n')

/** Lines as they are. */
export class ResponseWire implements Wire {
  readonly #response: ServerResponse
  readonly #onFlushed: () => void

  constructor(response: ServerResponse, onFlushed: () => void) {
    this.#response = response
    this.#onFlushed = onFlushed
  }

  get waiting(): number {
    return this.#response.writableLength
  }

  write(chunks: readonly Uint8Array[]): void {
    if (!this.#response.writable) return
    const last = chunks.length - 1
    for (const [index, chunk] of chunks.entries()) {
      const bytes = this.encode(asBuffer(chunk))
      if (index < last) this.#response.write(bytes)
      else this.#response.write(bytes, () => this.waiting === 0 && this.#onFlushed())
    }
  }

  protected encode(lines: Buffer): Uint8Array {
    return lines
  }
}

/** Each line is an event: `data: {…}` and a blank line, as the HTML standard says. Its id is the offset, where that is told. */
export class EventWire extends ResponseWire {
  #offset: number | undefined

  protected override encode(lines: Buffer): Uint8Array {
    const parts: Uint8Array[] = []
    for (let start = 0; start < lines.length; ) {
      const end = lines.indexOf(NEWLINE, start)
      const to = lines[end - 1] === 0x0d ? end - 1 : end
      if (to > start) this.#add(parts, lines.subarray(start, to))
      start = end + 1
    }
    return Buffer.concat(parts)
  }

  #add(parts: Uint8Array[], line: Buffer): void {
    const told = offsetOf(line)
    if (told !== undefined) {
      this.#offset = told
      return
    }
    if (this.#offset !== undefined && !WORDS.some(words => startsWith(line, words))) {
      parts.push(Buffer.from(`id: ${this.#offset++}\n`))
    }
    parts.push(EVENT, line, END)
  }
}

/** What is no packet. */
const WORDS = ['{"broker":', '{"gap":'].map(text => Buffer.from(text))
const OFFSET = Buffer.from('{"broker":{"offset":')

function offsetOf(line: Buffer): number | undefined {
  return startsWith(line, OFFSET) ? Number.parseInt(line.toString('latin1', OFFSET.length), 10) : undefined
}

function startsWith(line: Buffer, text: Buffer): boolean {
  return line.length >= text.length && text.equals(line.subarray(0, text.length))
}
