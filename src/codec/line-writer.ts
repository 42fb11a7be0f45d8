// Joins the lines of one batch: neighbours in one buffer become one slice, everything else one new buffer.

import type { Packet } from '../packet.ts'
import type { Rejecter } from '../stream/reject.ts'
import { jsonText } from './json-data.ts'
import type { Line } from './line.ts'
import { readMeta } from './unreadable.ts'

const NEWLINE = 10
/** From so many bytes on, a run of lines is handed on as a slice instead of being copied. */
const SLICE = 8192
const SLABS = [4096, 16384, 65536] as const

/** One batch's worth of lines; make a new one for each batch. */
export class LineWriter {
  readonly #chunks: Uint8Array[] = []
  #slab: Buffer = Buffer.alloc(0)
  #slabs = 0
  #used = 0
  #buffer: Buffer | undefined
  #start = 0
  #end = 0
  readonly #expected: number
  #closed = 0

  /** `expected`: bytes that will be copied, if it is known: they get one slab of their own. */
  constructor({ expected = 0 }: { readonly expected?: number } = {}) {
    this.#expected = expected
  }

  /** Bytes copied into slabs that are full or finished. */
  get copied(): number {
    return this.#closed
  }

  /** A line as it came, without parsing it. */
  line({ buffer, start, end }: Line): void {
    if (buffer === this.#buffer && start === this.#end + 1 && buffer[this.#end] === NEWLINE) {
      this.#end = end
      return
    }
    this.#closeRun()
    this.#buffer = buffer
    this.#start = start
    this.#end = end
  }

  packet(packet: Packet, data: 'base64' | 'array', reject: Rejecter): void {
    if (!readMeta(packet, reject)) return
    const text = jsonText(packet, data)
    if (text === undefined) {
      const detail = 'the packet has data, and its meta a field data of its own'
      reject({ place: { source: 'output' }, reason: 'data twice', detail, bytes: packet.data })
    } else {
      this.text(text)
    }
  }

  /** A line of text without its newline. */
  text(text: string): void {
    this.#closeRun()
    const most = text.length * 3 + 1
    if (most > SLICE) {
      this.#closeSlab()
      this.#chunks.push(Buffer.from(`${text}\n`))
      return
    }
    this.#room(most)
    this.#used += this.#slab.write(text, this.#used)
    this.#slab[this.#used++] = NEWLINE
  }

  finish(): readonly Uint8Array[] {
    this.#closeRun()
    this.#closeSlab()
    return this.#chunks
  }

  /** Ends the run of neighbouring lines. */
  #closeRun(): void {
    const buffer = this.#buffer
    if (!buffer) return
    const start = this.#start
    const end = this.#end
    this.#buffer = undefined
    const ended = buffer[end] === NEWLINE
    if (ended && end + 1 - start >= SLICE) {
      this.#closeSlab()
      this.#chunks.push(buffer.subarray(start, end + 1))
      return
    }
    this.#room(end + 1 - start)
    this.#used += buffer.copy(this.#slab, this.#used, start, end)
    this.#slab[this.#used++] = NEWLINE
  }

  #room(bytes: number): void {
    if (this.#slab.length - this.#used >= bytes) return
    this.#closeSlab()
    this.#slab = Buffer.allocUnsafeSlow(Math.max(this.#size(), bytes))
  }

  #size(): number {
    const size = SLABS[Math.min(this.#slabs++, 2)] ?? 0
    return this.#slabs === 1 ? Math.max(size, this.#expected) : size
  }

  #closeSlab(): void {
    this.#closed += this.#used
    if (this.#used > 0) this.#chunks.push(this.#slab.subarray(0, this.#used))
    this.#slab = this.#slab.subarray(this.#used)
    this.#used = 0
  }
}
