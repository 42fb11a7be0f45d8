// A Valkyrie writer: sends packets to whoever reads, and never waits for anybody.

import { EventEmitter } from 'node:events'
import { type Wait, wait } from '../carrier/zmq/wait.ts'
import type { Parts } from '../codec/parts.ts'
import { UsageError } from '../errors.ts'
import type { Batch, Meta } from '../packet.ts'
import { FairTurns } from '../stream/fair-turns.ts'
import { Ledger, type PeerReport } from '../stream/ledger.ts'
import type { Sink } from '../stream/step.ts'
import { Timer } from '../timer.ts'
import { Backlog } from './backlog.ts'
import { type Settings, settingsOf } from './config.ts'
import type { ValkyrieConfig } from './config-keys.ts'
import { openWriter } from './link.ts'
import { type Data, packetOf } from './outgoing-packet.ts'

export interface WriterEvents {
  /** Words about the state of the link, and packets that could not be sent as they are. */
  readonly warning: [message: string]
  /** The link has failed for good: what is written from now on is dropped. `close` throws it, too. */
  readonly error: [error: Error]
  readonly close: []
}

export interface WriterCounts {
  /** Packets given to `write`. */
  readonly written: number
  /** Packets that have gone out; with many readers, to each of them. */
  readonly sent: number
  /** By reason. */
  readonly dropped: Readonly<Record<string, number>>
  /** Packets that wait in the writer itself. */
  readonly pending: number
  /** Over the wire, for each reader that is there, and the latest that were: written = sent + dropped + pending. */
  readonly readers: Readonly<Record<string, PeerReport>>
}

/** Written in one turn of the event loop, so many packets or bytes go on at once. */
const TURN_PACKETS = 256
const TURN_BYTES = 64 * 1024

/** Bytes that may wait for the link. */
const BACKLOG_BYTES = 64 * 1024 * 1024

/** How long `close` waits for what the link has not taken, where packets may be dropped for that. */
const LINGER_MS = 2000

const LINK_FAILED = 'link failed'

/** A writer by its configuration. Does no I/O; throws a UsageError where there can be no such writer. */
export function newWriterInterface(config: ValkyrieConfig): Writer {
  return new Writer(config)
}

export class Writer extends EventEmitter<WriterEvents> {
  readonly #settings: Settings
  readonly #linger: number
  readonly #ledger = new Ledger()
  readonly #count = this.#ledger.stage('output')
  readonly #stop = new AbortController()
  readonly #backlog: Backlog
  readonly #turns = new FairTurns()
  #turn: Parts[] = []
  #turnBytes = 0
  #opening: Promise<void> | undefined
  #sink: Sink | undefined
  /** The sink has asked to wait. */
  #busy: Promise<void> | undefined
  #failure: { readonly error: Error } | undefined
  #closing: Promise<void> | undefined
  #written = 0
  #roomy: Wait | undefined

  constructor(config: ValkyrieConfig) {
    super()
    this.#settings = settingsOf(config, 'writer')
    const { policy, buffer, signal } = this.#settings
    const patience = policy === 'block' ? Number.POSITIVE_INFINITY : LINGER_MS
    this.#linger = Number(config.linger_milliseconds ?? patience)
    this.#backlog = new Backlog({ policy, packets: buffer, bytes: BACKLOG_BYTES, count: this.#count })
    signal?.addEventListener('abort', this.#onAbort)
    if (signal?.aborted) this.#onAbort()
  }

  /** Opens the link; once, however often it is called. Sends nothing, and does not wait for readers. */
  activate(): Promise<void> {
    if (this.#closing) return Promise.reject(new UsageError('the writer is closed'))
    this.#opening ??= this.#open()
    return this.#opening
  }

  /**
   * Never waits. The meta is put into words now; the bytes are not copied: do not change them afterwards. Where nobody
   * reads, or newer packets come first, the packet is dropped and counted. Nobody can connect while a loop never awaits.
   */
  write(meta: Meta, data?: Data): void {
    if (this.#closing) throw new UsageError('the writer is closed')
    if (!this.#opening) this.activate().catch(() => {})
    const packet = packetOf(meta, data)
    this.#written++
    this.#turn.push(packet)
    this.#turnBytes += packet.data.length
    if (this.#turn.length >= TURN_PACKETS || this.#turnBytes >= TURN_BYTES) this.#endTurn()
    else if (this.#turn.length === 1) queueMicrotask(() => this.#endTurn())
  }

  /** When a packet would not wait behind others in the writer, and readers had their turn: `block` then loses none. */
  room(): Promise<void> {
    this.#endTurn()
    const ready = this.#sink !== undefined && !this.#busy
    if (ready || this.#failure || this.#closing) return this.#turns.due() ?? Promise.resolve()
    if (!this.#opening) this.activate().catch(() => {})
    this.#roomy ??= wait()
    return this.#roomy.promise
  }

  counts(): WriterCounts {
    return {
      written: this.#written,
      sent: this.#count.out,
      dropped: Object.fromEntries([...this.#count.dropped, ...this.#count.rejected]),
      pending: this.#turn.length + this.#backlog.length,
      readers: this.#count.peers ?? {},
    }
  }

  /** Sends what it can in the time to linger, then closes the link; throws the error that it failed with. */
  close(): Promise<void> {
    this.#closing ??= this.#shut()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** What goes wrong is thrown to whoever closes it, too. */
  readonly #onAbort = (): void => void this.close().catch(() => {})

  async #open(): Promise<void> {
    const context = {
      stop: this.#stop.signal,
      ledger: this.#ledger,
      warn: (message: string) => this.#warn(message),
      onHangup: () => () => {},
    }
    try {
      this.#sink = await openWriter(this.#settings, {
        context,
        reject: ({ place, reason, detail }) => {
          this.#count.reject(reason)
          this.#warn(`${place.source}: ${reason}${detail ? `: ${detail}` : ''}`)
        },
      })
    } catch (error) {
      this.#fail(error)
      throw error
    }
    this.#pass(this.#backlog.take())
    this.#wake()
  }

  #endTurn(): void {
    const packets = this.#turn
    if (packets.length === 0) return
    this.#turn = []
    this.#turnBytes = 0
    if (this.#failure) this.#count.drop(LINK_FAILED, packets.length)
    else if (this.#sink && !this.#busy) this.#pass(packets)
    else for (const packet of packets) this.#backlog.push(packet)
  }

  #pass(batch: Batch): void {
    if (batch.length === 0 || !this.#sink) return
    const before = this.#count.out
    try {
      const writing = this.#sink.write(batch)
      if (writing) this.#busy = this.#drain(this.#sink, { batch, writing, before })
    } catch (error) {
      this.#lose(batch, before)
      this.#fail(error)
    }
  }

  async #drain(sink: Sink, first: { batch: Batch; writing: Promise<void>; before: number }): Promise<void> {
    let { batch, before } = first
    try {
      await first.writing
      while (this.#backlog.length > 0) {
        batch = this.#backlog.take()
        before = this.#count.out
        await sink.write(batch)
      }
    } catch (error) {
      this.#lose(batch, before)
      this.#fail(error)
    } finally {
      this.#busy = undefined
      this.#wake()
    }
  }

  /** What of the batch has not gone out. */
  #lose(batch: Batch, before: number): void {
    const left = batch.length - (this.#count.out - before)
    if (left > 0) this.#count.drop(LINK_FAILED, left)
  }

  #fail(error: unknown): void {
    if (this.#failure) return
    this.#failure = { error: error instanceof Error ? error : new Error(String(error)) }
    this.#backlog.abandon(LINK_FAILED)
    this.#wake()
    if (this.listenerCount('error') > 0) this.emit('error', this.#failure.error)
  }

  #wake(): void {
    this.#roomy?.resolve()
    this.#roomy = undefined
  }

  #warn(message: string): void {
    if (this.#settings.warnings) this.emit('warning', message)
  }

  async #shut(): Promise<void> {
    this.#settings.signal?.removeEventListener('abort', this.#onAbort)
    this.#endTurn()
    const patience = new Timer(this.#linger, () => this.#stop.abort('linger'))
    try {
      await this.#opening?.catch(() => {})
      await Promise.race([this.#busy, aborted(this.#stop.signal)])
      this.#backlog.abandon('closed')
      await this.#sink?.close()
    } finally {
      patience.stop()
      this.#wake()
      this.emit('close')
    }
    if (this.#failure) throw this.#failure.error
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
