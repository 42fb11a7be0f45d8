// Bytes written one after the other into a buffer that grows, handed on as one.

/** Nothing is allocated before the first byte; then at least so many. */
const FIRST = 4096
const NOTHING = Buffer.alloc(0)

/** `buffer` may be written directly up to `room` bytes from `used` on. Make a new one for each batch. */
export class ByteWriter {
  buffer = NOTHING
  used = 0

  /** Makes sure that so many bytes can be written. */
  room(bytes: number): void {
    if (this.buffer.length - this.used >= bytes) return
    const larger = Buffer.allocUnsafeSlow(Math.max(FIRST, this.buffer.length * 2, this.used + bytes))
    this.buffer.copy(larger, 0, 0, this.used)
    this.buffer = larger
  }

  text(text: string): void {
    this.room(text.length * 3)
    this.used += this.buffer.write(text, this.used)
  }

  /** Copies bytes of another buffer; for a few of them a loop is faster than a call. */
  copy(from: Buffer, start: number, end: number): void {
    this.room(end - start)
    const { buffer } = this
    let at = this.used
    if (end - start > 64) {
      this.used += from.copy(buffer, at, start, end)
      return
    }
    for (let i = start; i < end; i++) buffer[at++] = from[i] as number
    this.used = at
  }

  bytes(bytes: Uint8Array): void {
    this.room(bytes.length)
    this.buffer.set(bytes, this.used)
    this.used += bytes.length
  }

  byte(byte: number): void {
    this.room(1)
    this.buffer[this.used++] = byte
  }

  finish(): Buffer {
    return this.buffer.subarray(0, this.used)
  }
}
