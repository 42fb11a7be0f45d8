// A bounded queue of messages in memory that threads share: many may put in, one takes out, nobody ever holds a lock.

import { UsageError } from '../errors.ts'

/**
 * The memory: words of 4 bytes that are waited on or counted, each in a cache line of its own, then the ring. A record in the
 * ring begins at a multiple of 8: its length in bytes with this head (negative while it is written, 0 where nothing is), its
 * kind, the bytes. Positions count units of 8 bytes and wrap at 2^32. A record is never split: what is left before the end of
 * the ring is filled by one of the kind PADDING. The scheme is that of Aeron's many-to-one ring buffer.
 */
const LINE = 16
/** Where the next record begins, for those that put in. */
const TAIL = 0 * LINE
/** Where the oldest record begins. */
const HEAD = 1 * LINE
/** 1 while the one that takes out sleeps. */
const ASLEEP = 2 * LINE
/** How many wait for room. */
const WAITING = 3 * LINE
/** Counts how often there was room again. */
const ROOM = 4 * LINE
const CLOSED = 5 * LINE
/** Messages that were refused because the queue was full. */
const REFUSED = 6 * LINE
const RING = 8 * LINE

const UNIT = 8
const RECORD_HEAD = 8
const MESSAGE = 0
const PADDING = 1

const SMALLEST = 1024
const LARGEST = 2 ** 30

const LONG_MS = 2 ** 30

const NOTHING: readonly Uint8Array[] = []

/**
 * A thread that puts in must not be terminated while it does: what it had begun would hold up all behind it for ever. Tell it
 * to end, or close the queue.
 */
export class SharedQueue {
  /** To be handed to other threads, which make a queue of it as well. */
  readonly memory: SharedArrayBuffer
  /** The longest message, in bytes: a quarter of the ring, so that one always fits when the queue is empty. */
  readonly longest: number
  readonly #words: Int32Array
  readonly #bytes: Uint8Array
  /** Units in the ring, a power of two. */
  readonly #units: number
  /** Of the one that takes out. */
  #head: number

  /** `ring` bytes for messages and 8 bytes for each of them, up to 1 GiB; rounded up to a power of two. */
  static ofSize(ring: number): SharedQueue {
    if (!(ring >= 1 && ring <= LARGEST)) throw new UsageError(`a queue of ${ring} bytes: expected 1 to ${LARGEST}`)
    const size = 2 ** Math.ceil(Math.log2(Math.max(SMALLEST, ring)))
    return new SharedQueue(new SharedArrayBuffer(RING * 4 + size))
  }

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory
    this.#words = new Int32Array(memory)
    this.#bytes = new Uint8Array(memory, RING * 4)
    this.#units = this.#bytes.length / UNIT
    this.longest = this.#bytes.length / 4 - RECORD_HEAD
    this.#head = Atomics.load(this.#words, HEAD)
  }

  get isEmpty(): boolean {
    return Atomics.load(this.#words, TAIL) === Atomics.load(this.#words, HEAD)
  }

  /** Bytes of the ring that are taken, by all that is not yet taken out. */
  get used(): number {
    return ((Atomics.load(this.#words, TAIL) - Atomics.load(this.#words, HEAD)) | 0) * UNIT
  }

  get isClosed(): boolean {
    return Atomics.load(this.#words, CLOSED) === 1
  }

  /** How many messages `offer` has refused, of all threads, since this was last asked. */
  takeRefused(): number {
    return Atomics.exchange(this.#words, REFUSED, 0)
  }

  /** Puts a message in where there is room, and else counts it as refused: for the policy `drop-newest`. */
  offer(message: Uint8Array): boolean {
    if (this.#put(message)) return true
    Atomics.add(this.#words, REFUSED, 1)
    return false
  }

  /** Puts a message in, and makes the thread wait for room: for the policy `block`. False when it is closed. */
  push(message: Uint8Array): boolean {
    for (;;) {
      const seen = Atomics.load(this.#words, ROOM)
      if (this.isClosed) return false
      if (this.#put(message)) return true
      Atomics.add(this.#words, WAITING, 1)
      // Room that came before this thread counted as waiting has not been told to it.
      if (!this.#put(message)) {
        Atomics.wait(this.#words, ROOM, seen)
        Atomics.sub(this.#words, WAITING, 1)
      } else {
        Atomics.sub(this.#words, WAITING, 1)
        return true
      }
    }
  }

  /** The oldest messages, in order, copied out of the ring; none where there are none. For one thread alone. */
  take(most = 1024): readonly Uint8Array[] {
    const start = this.#head & (this.#units - 1)
    const ends: number[] = []
    let unit = start
    while (unit < this.#units && ends.length < most) {
      const length = Atomics.load(this.#words, this.#word(unit))
      if (length <= 0) break
      if (this.#words[this.#word(unit) + 1] === MESSAGE) ends.push(unit * UNIT + length)
      unit += Math.ceil(length / UNIT)
    }
    if (unit === start) return NOTHING
    const messages = this.#copy(start, ends)
    this.#release(start, unit)
    // All that was there was padding: what follows it is at the beginning of the ring.
    return messages.length > 0 ? messages : this.take(most)
  }

  /** Makes the thread sleep until there are messages or the queue is closed; false when the time is over before. */
  wait(milliseconds = Number.POSITIVE_INFINITY): boolean {
    const end = performance.now() + milliseconds
    for (let left = milliseconds; left > 0 && this.#fallAsleep(); left = end - performance.now()) {
      Atomics.wait(this.#words, ASLEEP, 1, left)
    }
    return this.#wakeUp()
  }

  /** The same without stopping the thread. */
  async waitAsync(milliseconds = Number.POSITIVE_INFINITY): Promise<boolean> {
    const end = performance.now() + milliseconds
    for (let left = milliseconds; left > 0 && this.#fallAsleep(); left = end - performance.now()) {
      // Other than a timer, what waits for memory does not keep Node from ending.
      const alive = setInterval(() => {}, LONG_MS)
      await Atomics.waitAsync(this.#words, ASLEEP, 1, left).value
      clearInterval(alive)
    }
    return this.#wakeUp()
  }

  /** No more is put in. What is in it can be taken out; all that wait are woken. */
  close(): void {
    Atomics.store(this.#words, CLOSED, 1)
    this.#wake()
    Atomics.add(this.#words, ROOM, 1)
    Atomics.notify(this.#words, ROOM)
  }

  #word(unit: number): number {
    return RING + unit * 2
  }

  #put(message: Uint8Array): boolean {
    if (message.length > this.longest) {
      throw new UsageError(`a message of ${message.length} bytes: expected at most ${this.longest} in this queue`)
    }
    const length = RECORD_HEAD + message.length
    const unit = this.#claim(Math.ceil(length / UNIT))
    if (unit < 0) return false
    const word = this.#word(unit)
    Atomics.store(this.#words, word, -length)
    this.#words[word + 1] = MESSAGE
    this.#bytes.set(message, unit * UNIT + RECORD_HEAD)
    Atomics.store(this.#words, word, length)
    if (Atomics.load(this.#words, ASLEEP) === 1) this.#wake()
    return true
  }

  /** Makes room in the ring this thread's own: where it begins, or -1 where there is not as much. */
  #claim(units: number): number {
    for (;;) {
      const tail = Atomics.load(this.#words, TAIL)
      const used = (tail - Atomics.load(this.#words, HEAD)) | 0
      // Others were so quick that the head is beyond the tail that was read before it.
      if (used < 0) continue
      const unit = tail & (this.#units - 1)
      const left = this.#units - unit
      const padding = units > left ? left : 0
      if (used + padding + units > this.#units) return -1
      if (Atomics.compareExchange(this.#words, TAIL, tail, (tail + padding + units) | 0) !== tail) continue
      if (padding === 0) return unit
      this.#words[this.#word(unit) + 1] = PADDING
      Atomics.store(this.#words, this.#word(unit), padding * UNIT)
      return 0
    }
  }

  /** One copy for all: what is taken together is kept together. */
  #copy(start: number, ends: readonly number[]): readonly Uint8Array[] {
    const last = ends.at(-1)
    if (last === undefined) return NOTHING
    const from = start * UNIT
    const copy = this.#bytes.slice(from, last)
    let begin = 0
    return ends.map(end => {
      const message = copy.subarray(begin + RECORD_HEAD, end - from)
      begin = Math.ceil((end - from) / UNIT) * UNIT
      return message
    })
  }

  /** Zeros, where the next round will look for lengths; then the room is anybody's. */
  #release(from: number, to: number): void {
    this.#bytes.fill(0, from * UNIT, to * UNIT)
    this.#head = (this.#head + to - from) | 0
    Atomics.store(this.#words, HEAD, this.#head)
    if (Atomics.load(this.#words, WAITING) === 0) return
    Atomics.add(this.#words, ROOM, 1)
    Atomics.notify(this.#words, ROOM)
  }

  /**
   * Whether there is nothing to stay awake for, after all that put in can see that it sleeps. One that puts in behind a
   * message that is not yet complete wakes it too early: then it falls asleep once more.
   */
  #fallAsleep(): boolean {
    Atomics.store(this.#words, ASLEEP, 1)
    if (!this.#isReady() && !this.isClosed) return true
    Atomics.store(this.#words, ASLEEP, 0)
    return false
  }

  #wakeUp(): boolean {
    Atomics.store(this.#words, ASLEEP, 0)
    return this.#isReady() || this.isClosed
  }

  #isReady(): boolean {
    return Atomics.load(this.#words, this.#word(this.#head & (this.#units - 1))) > 0
  }

  #wake(): void {
    if (Atomics.exchange(this.#words, ASLEEP, 0) === 1) Atomics.notify(this.#words, ASLEEP)
  }
}
