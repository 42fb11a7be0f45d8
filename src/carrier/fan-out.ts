// An output that many peers listen to: each gets everything from when it joined, through a queue of its own.

import type { Batch } from '../packet.ts'
import { Audience } from '../stream/demand.ts'
import { StageCount } from '../stream/ledger.ts'
import { BoundedQueue } from '../stream/queue.ts'
import type { Encoder, Sink } from '../stream/step.ts'
import { parseCount } from '../units.ts'
import { type Endpoint, param } from '../url.ts'
import type { CarrierContext, Encode } from './carrier.ts'
import { listen, type Peer } from './listen.ts'
import { type Address, hangUp, pause } from './socket.ts'
import { SocketWriter } from './socket-writer.ts'

/** At the end, a peer that packets may be dropped for gets this long to take what waits for it; any other all it needs. */
export const PATIENCE_MS = 2000
/** Why what it has not taken by then is dropped. */
export const TOO_SLOW = 'peer too slow'

export const PEERS_PARAM = {
  name: 'peers',
  argument: 'N',
  summary: 'output: wait for N peers before the first packet',
}

/** Nobody is waited for but those that `peers` asks for: what comes while nobody listens is for nobody. */
export async function fanOut(
  endpoint: Endpoint,
  address: Address,
  context: CarrierContext,
  encode: Encode,
): Promise<Sink> {
  const { stop } = context
  const wanted = param(endpoint, 'peers', parseCount) ?? 0
  const total = context.ledger.stage('output')
  const listeners = new Set<PeerOutput>()
  const audience = new Audience()
  let joined = 0
  let onJoined = () => {}
  const enough =
    wanted === 0
      ? undefined
      : new Promise<void>(resolve => {
          onJoined = resolve
          stop.addEventListener('abort', () => resolve())
        })
  let shared: Encoder | undefined

  const listener = await listen(endpoint, address, context, peer => {
    const leave = audience.enter()
    const left = () => {
      listeners.delete(output)
      leave()
    }
    const output = new PeerOutput(peer, { context, encode, total, left })
    listeners.add(output)
    if (++joined >= wanted) onJoined()
  })

  /** Encodes once for all peers, where the format allows it. */
  function encodedOnce(batch: Batch): readonly Uint8Array[] | undefined {
    if (!shared) {
      const first = encode(batch)
      if (first.shared) shared = first.encoder
    }
    return shared?.push(batch)
  }
  function writeAll(batch: Batch): void | Promise<void> {
    if (listeners.size === 0) return
    const chunks = encodedOnce(batch)
    const waiting: Promise<void>[] = []
    for (const output of listeners) {
      const writing = output.write(batch, chunks)
      if (writing) waiting.push(writing)
    }
    if (waiting.length > 0) return Promise.all(waiting).then(() => {})
  }
  return {
    demand: audience,
    write(batch) {
      return joined < wanted && !stop.aborted ? enough?.then(() => writeAll(batch)) : writeAll(batch)
    },
    async close() {
      listener.close()
      await Promise.all([...listeners].map(output => output.close()))
    },
    async abort() {
      listener.close()
      for (const output of listeners) output.cut()
    },
  }
}

interface PeerOutputOptions {
  readonly context: CarrierContext
  readonly encode: Encode
  /** Of all peers together. */
  readonly total: StageCount
  readonly left: () => void
}

class PeerOutput {
  readonly #peer: Peer
  readonly #options: PeerOutputOptions
  readonly #writer: SocketWriter
  readonly #queue: BoundedQueue
  readonly #count = new StageCount()
  #encoder: Encoder | undefined
  #busy: Promise<void> | undefined
  #gone = false
  /** Its system has taken all. */
  #hasEnded = false
  #told = 0

  constructor(peer: Peer, options: PeerOutputOptions) {
    this.#peer = peer
    this.#options = options
    const { policy, buffer } = options.context
    this.#queue = new BoundedQueue({ policy, packets: buffer, stage: peer.name, count: this.#count })
    this.#writer = new SocketWriter(peer.socket, error => error)
    peer.socket.resume()
    peer.socket.once('close', () => this.#leave())
  }

  /** `chunks` are the batch encoded, where that is the same for all. Waits only where the policy is to block. */
  write(batch: Batch, chunks: readonly Uint8Array[] | undefined): void | Promise<void> {
    if (this.#gone) return
    if (this.#busy) {
      this.#queue.push(batch)
      this.#tell()
      return this.#options.context.policy === 'block' ? this.#busy : undefined
    }
    const writing = this.#send(batch, chunks)
    if (!writing) return
    this.#busy = this.#drain(writing)
    if (this.#options.context.policy === 'block') return this.#busy
  }

  async close(): Promise<void> {
    const ending = this.#end()
    if (this.#options.context.policy === 'block') return ending
    const over = new AbortController()
    await Promise.race([ending, pause(PATIENCE_MS, over.signal)])
    over.abort()
    if (this.#hasEnded || this.#gone) return
    this.#queue.abandon(TOO_SLOW)
    // Of what the system has taken nobody knows how much arrives: it is one loss.
    if (this.#count.dropped.size === 0) this.#count.drop(TOO_SLOW)
    this.#tell()
    this.cut()
  }

  async #end(): Promise<void> {
    await this.#busy
    if (this.#gone) return
    const rest = this.#encoder?.end?.() ?? []
    try {
      if (rest.length > 0) await this.#send([], rest)
      await this.#writer.flush()
    } catch {
      // It has left.
    }
    await hangUp(this.#peer.socket)
    this.#hasEnded = true
  }

  cut(): void {
    this.#peer.socket.destroy()
  }

  #send(batch: Batch, chunks: readonly Uint8Array[] | undefined): void | Promise<void> {
    const { encode, total } = this.#options
    if (!chunks) this.#encoder ??= encode(batch).encoder
    const bytes = chunks ?? this.#encoder?.push(batch) ?? []
    total.out += batch.length
    for (const chunk of bytes) total.bytes += chunk.length
    try {
      return this.#writer.write(bytes)
    } catch {
      // It has left: its socket closes, which takes it off the list.
      this.cut()
    }
  }

  async #drain(first: Promise<void>): Promise<void> {
    try {
      await first
      while (!this.#queue.isEmpty && !this.#gone) await this.#send(this.#queue.take(), undefined)
    } catch {
      this.cut()
    } finally {
      this.#busy = undefined
    }
  }

  /** What the queue dropped since the last time goes into the common count. */
  #tell(): void {
    for (const [reason, number] of this.#count.dropped) {
      this.#options.total.drop(reason, number)
      this.#told += number
    }
    this.#count.dropped.clear()
  }

  /** What still waited for it is not lost: nobody wants it any more. */
  #leave(): void {
    if (this.#gone) return
    this.#gone = true
    this.#options.left()
    if (this.#told > 0) this.#options.context.warn(`${this.#peer.name} left: it was too slow for ${this.#told} packets`)
  }
}
