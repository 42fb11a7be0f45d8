// A Valkyrie reader: takes packets from whoever writes, one by one or as they come.

import { EventEmitter } from 'node:events'
import type { Interests } from '../carrier/carrier.ts'
import { wait } from '../carrier/zmq/wait.ts'
import { readMeta } from '../codec/unreadable.ts'
import { TimedOut, UsageError } from '../errors.ts'
import type { Batch, Packet } from '../packet.ts'
import { Ledger } from '../stream/ledger.ts'
import type { Reject } from '../stream/reject.ts'
import { Timer } from '../timer.ts'
import { formatDuration } from '../units.ts'
import { type Settings, settingsOf } from './config.ts'
import type { ValkyrieConfig } from './config-keys.ts'
import { openReader } from './link.ts'
import type { ReaderCounts, ReaderEvents, ReadOptions } from './reader-contract.ts'

const NOTHING: Batch = []

/** A reader by its configuration. Does no I/O; throws a UsageError where there can be no such reader. */
export function newReaderInterface(config: ValkyrieConfig): Reader {
  return new Reader(config)
}

export class Reader extends EventEmitter<ReaderEvents> implements AsyncIterable<Packet> {
  readonly #settings: Settings
  readonly #ledger = new Ledger()
  readonly #stop = new AbortController()
  readonly #waiters = new Set<() => void>()
  /** The link listens or connects, or has failed. */
  readonly #opened = wait()
  #interests: Interests | undefined
  #source: AsyncIterator<Batch> | undefined
  #asked = false
  #batch: Batch = NOTHING
  #at = 0
  #over = false
  #failure: { readonly error: unknown } | undefined
  #closing: Promise<void> | undefined

  constructor(config: ValkyrieConfig) {
    super()
    this.#settings = settingsOf(config, 'reader')
    const { signal } = this.#settings
    signal?.addEventListener('abort', this.#onAbort)
    if (signal?.aborted) this.#onAbort()
  }

  /** Whether nothing more will come: the link has ended, or the reader was closed. */
  get ended(): boolean {
    return this.#over && this.#at >= this.#batch.length
  }

  /** Opens the link; once, however often it is called. Does not wait for a writer; throws where it cannot listen. */
  async activate(): Promise<void> {
    if (this.#closing) throw new UsageError('the reader is closed')
    this.#ask()
    // A file is opened by whoever reads: it may not be there yet.
    if (this.#settings.target.over === 'wire') await this.#opened.promise
    if (this.#failure) throw this.#failure.error
  }

  /**
   * The next packet; nothing where none came in time, or `ended`. A packet without data has data of length 0. Throws
   * the error that the link failed with.
   */
  async read({ timeout = this.#settings.timeout, signal }: ReadOptions = {}): Promise<Packet | undefined> {
    const deadline = performance.now() + timeout
    for (;;) {
      const found = await this.#find(() => this.#batch[this.#at++], deadline, signal)
      if (typeof found !== 'object') return undefined
      if (readMeta(found, this.#reject)) return found
    }
  }

  /**
   * Packets as they come, those that came together together: the fastest way. Ends and throws as iterating does. A meta is
   * not looked at before somebody asks for it: one that is no JSON throws a DataError then.
   */
  async *batches({ timeout = this.#settings.timeout, signal }: ReadOptions = {}): AsyncGenerator<Batch> {
    for (;;) {
      const found = await this.#find(() => this.#rest(), performance.now() + timeout, signal)
      if (found === 'late') throw new TimedOut(`no packet came for ${formatDuration(timeout)}`)
      if (found === 'over') return
      yield found
    }
  }

  /** Every packet until the link ends or the reader is closed. Throws TimedOut where none came in time; leaving it closes nothing. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Packet> {
    for (;;) {
      const packet = await this.read()
      if (packet) yield packet
      else if (this.ended) return
      else throw new TimedOut(`no packet came for ${formatDuration(this.#settings.timeout)}`)
    }
  }

  /**
   * From now on also messages whose first part begins so. Topics are counted: whoever subscribes twice must unsubscribe
   * twice. A reader that is configured without topics wants every message: that is the topic ''.
   */
  async subscribe(topic: string): Promise<void> {
    const interests = await this.#subscriber()
    interests.subscribe(topic)
  }

  /** The topic is wanted no more; what is under way comes all the same. */
  async unsubscribe(topic: string): Promise<void> {
    const interests = await this.#subscriber()
    interests.cancel(topic)
  }

  counts(): ReaderCounts {
    const { in: received, bytes, rejected, dropped, peers = {} } = this.#ledger.stage('input').report()
    return { received, bytes, rejected, lost: dropped, writers: peers }
  }

  /** Ends the link; what waits to be read is dropped, and whoever waits gets nothing. */
  close(): Promise<void> {
    this.#closing ??= this.#shut()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  readonly #onAbort = (): void => void this.close().catch(() => {})

  async #subscriber(): Promise<Interests> {
    const { target } = this.#settings
    if (target.over !== 'wire' || !target.url.startsWith('zmq+sub:')) {
      throw new UsageError('only readers of the class zmq_pubsub have topics')
    }
    await this.activate()
    if (!this.#interests) throw new UsageError('the reader is closed')
    return this.#interests
  }

  /** What is left of the batch. */
  #rest(): Batch {
    const rest = this.#at === 0 ? this.#batch : this.#batch.slice(this.#at)
    this.#batch = NOTHING
    this.#at = 0
    return rest
  }

  /** Takes as soon as there is a packet: nobody else who waits for it gets in between. */
  async #find<T>(take: () => T, deadline: number, signal: AbortSignal | undefined): Promise<T | 'late' | 'over'> {
    for (;;) {
      signal?.throwIfAborted()
      if (this.#at < this.#batch.length) return take()
      if (this.#failure) throw this.#failure.error
      if (this.#over) return 'over'
      this.#ask()
      const happened = await this.#arrival(deadline - performance.now(), signal)
      // The clock of timers may be a little ahead.
      if (!happened && performance.now() >= deadline) return 'late'
    }
  }

  /** Whether something has happened before the time was over. */
  #arrival(milliseconds: number, signal: AbortSignal | undefined): Promise<boolean> {
    return new Promise(resolve => {
      const settle = (happened: boolean) => {
        timer?.stop()
        this.#waiters.delete(wake)
        signal?.removeEventListener('abort', wake)
        resolve(happened)
      }
      const wake = () => settle(true)
      this.#waiters.add(wake)
      signal?.addEventListener('abort', wake)
      const timer =
        milliseconds === Number.POSITIVE_INFINITY
          ? undefined
          : new Timer(Math.max(0, milliseconds), () => settle(false))
    })
  }

  /** Asks the link for the next batch, unless it has been asked. */
  #ask(): void {
    if (this.#asked || this.#over) return
    this.#source ??= this.#open()
    this.#asked = true
    this.#source.next().then(
      ({ done, value }) => {
        this.#asked = false
        if (done) this.#over = true
        else if (!this.#over) {
          this.#batch = value
          this.#at = 0
        }
        this.#wake()
      },
      error => {
        this.#over = true
        this.#failure = { error }
        this.#wake()
      },
    )
  }

  #open(): AsyncIterator<Batch> {
    const context = {
      stop: this.#stop.signal,
      ledger: this.#ledger,
      warn: (message: string) => void (this.#settings.warnings && this.emit('warning', message)),
      onHangup: () => () => {},
      opened: (interests: Interests) => {
        this.#interests = interests
        this.#opened.resolve()
      },
    }
    return openReader(this.#settings, { context, reject: this.#reject })[Symbol.asyncIterator]()
  }

  readonly #reject = (rejected: Reject): void => {
    this.#ledger.stage('input').reject(rejected.reason)
    this.emit('reject', rejected)
  }

  #wake(): void {
    this.#opened.resolve()
    for (const wake of [...this.#waiters]) wake()
  }

  async #shut(): Promise<void> {
    this.#settings.signal?.removeEventListener('abort', this.#onAbort)
    this.#over = true
    this.#batch = NOTHING
    this.#stop.abort('closed')
    this.#wake()
    await this.#source?.return?.()
    this.emit('close')
  }
}
