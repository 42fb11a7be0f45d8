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

/** Each line is an event: `data: {…}` and a blank line, as the HTML standard says. */
export class EventWire extends ResponseWire {
  protected override encode(lines: Buffer): Uint8Array {
    const parts: Uint8Array[] = []
    for (let start = 0; start < lines.length; ) {
      const end = lines.indexOf(NEWLINE, start)
      const to = lines[end - 1] === 0x0d ? end - 1 : end
      if (to > start) parts.push(EVENT, lines.subarray(start, to), END)
      start = end + 1
    }
    return Buffer.concat(parts)
  }
}
