// A ZeroMQ endpoint as output: PUB or PUSH over connections that come and go.

import type { Batch } from '../../packet.ts'
import { Audience } from '../../stream/demand.ts'
import type { PeerReports } from '../../stream/ledger.ts'
import type { Rejecter } from '../../stream/reject.ts'
import type { Sink } from '../../stream/step.ts'
import { Timer } from '../../timer.ts'
import type { Endpoint } from '../../url.ts'
import type { CarrierContext } from '../carrier.ts'
import { pause } from '../socket.ts'
import { type Distribution, type DistributionOptions, NO_READER } from './distribution.ts'
import { checkGate, type Gate, openGate } from './gate.ts'
import { messageMaker } from './layout.ts'
import { type SenderOptions, senderOptions } from './options.ts'
import { Publisher } from './publisher.ts'
import { Pusher } from './pusher.ts'
import { Turn } from './turn.ts'
import { wait } from './wait.ts'

export interface SenderSurroundings {
  readonly type: 'PUB' | 'PUSH'
  /** Takes packets that cannot be sent. */
  readonly reject: Rejecter
}

export interface ZmqSink extends Sink {
  /** The peers that are there, and the latest that have left. */
  peers(): PeerReports
  /** How many peers there are now: of a publisher those that have subscribed to something. */
  readonly present: number
}

/** A sender has no use for more from a peer. */
const MOST_RECEIVED = 64 * 1024
/** At the end, so long for peers to read what the system has and close their side; and for one to come, when stopped. */
const PARTING_MS = 2000
const LEAST_PARTING_MS = 100

/** Throws a UsageError, before anything is opened, for an endpoint that is wrong in itself. */
export function checkSender(endpoint: Endpoint, { policy }: Pick<CarrierContext, 'policy'>): void {
  checkGate(endpoint)
  senderOptions(endpoint, policy)
}

/**
 * Resolves when it listens, or has begun to connect. `write` waits for `peers`, and with the policy `block` for room;
 * else it never does.
 */
export async function openSender(
  endpoint: Endpoint,
  context: CarrierContext,
  { type, reject }: SenderSurroundings,
): Promise<ZmqSink> {
  const options = senderOptions(endpoint, context.policy)
  const sender = new Sender(type, options, context, reject)
  await sender.open(endpoint)
  return sender
}

class Sender implements ZmqSink {
  readonly #type: 'PUB' | 'PUSH'
  readonly #options: SenderOptions
  readonly #context: CarrierContext
  readonly #distribution: Distribution
  readonly #turn: Turn | undefined
  /** Set while fewer peers are there than wanted. */
  #enough: ReturnType<typeof wait> | undefined
  readonly demand = new Audience()
  #leave = () => {}
  #gate: Gate | undefined
  #failure: Error | undefined
  #watch: Timer | undefined

  constructor(type: 'PUB' | 'PUSH', options: SenderOptions, context: CarrierContext, reject: Rejecter) {
    this.#type = type
    this.#options = options
    this.#context = context
    const { policy, buffer, warn, ledger, stop } = context
    const { layout, topic, hold, peers } = options
    const distributionOptions: DistributionOptions = {
      policy,
      packets: buffer,
      bytes: hold,
      total: ledger.stage('output'),
      make: messageMaker({ layout, topic, reject }),
      warn,
      joined: () => this.#joined(),
      left: () => this.#left(),
    }
    const distribution = type === 'PUB' ? new Publisher(distributionOptions) : new Pusher(distributionOptions)
    this.#distribution = distribution
    // What `latest` would hold back it would also replace: it goes out at once.
    if (policy !== 'latest') this.#turn = new Turn(batch => distribution.offer(batch))
    if (peers > 0) this.#enough = wait()
    stop.addEventListener('abort', this.#onStop)
    ledger.stage('output').countPeers(() => distribution.reports())
  }

  async open(endpoint: Endpoint): Promise<void> {
    this.#gate = await openGate({
      endpoint,
      context: this.#context,
      type: this.#type,
      maxMessage: MOST_RECEIVED,
      joined: link => this.#distribution.join(link),
      failed: error => this.#fail(error),
    })
  }

  write(batch: Batch): void | Promise<void> {
    if (this.#failure) throw this.#failure
    if (this.#enough && !this.#context.stop.aborted) return this.#enough.promise.then(() => this.write(batch))
    if (this.#turn) this.#turn.write(batch)
    else this.#distribution.offer(batch)
    if (this.#context.policy !== 'block') return
    return this.#distribution.room()
  }

  get present(): number {
    return this.#distribution.size
  }

  peers(): PeerReports {
    return this.#distribution.reports()
  }

  async close(): Promise<void> {
    const begun = performance.now()
    const { linger } = this.#options
    this.#turn?.flush()
    if (this.#type === 'PUB') this.#gate?.close()
    const over = new AbortController()
    const drained = this.#distribution.drained()
    if (drained) await Promise.race([drained, pause(linger, over.signal)])
    over.abort()
    this.#gate?.close()
    const left = begun + linger - performance.now()
    await this.#distribution.close('not taken in time', Math.max(LEAST_PARTING_MS, Math.min(PARTING_MS, left)))
    this.#forget()
    if (this.#failure) throw this.#failure
  }

  async abort(): Promise<void> {
    this.#gate?.close()
    this.#distribution.cut()
    this.#forget()
  }

  #forget(): void {
    this.#context.stop.removeEventListener('abort', this.#onStop)
    this.#watch?.stop()
  }

  #left(): void {
    if (this.#distribution.size === 0) this.#leave()
  }

  #joined(): void {
    if (!this.demand.wanted) this.#leave = this.demand.enter()
    if (this.#distribution.size < this.#options.peers) return
    this.#enough?.resolve()
    this.#enough = undefined
  }

  /** Nobody is waited for any more who may never come. */
  readonly #onStop = (): void => {
    this.#enough?.resolve()
    this.#watch = new Timer(PARTING_MS, () => {
      if (this.#distribution.size === 0) this.#giveUp()
      else this.#watch?.restart()
    })
  }

  #giveUp(): void {
    this.#gate?.close()
    this.#distribution.close(NO_READER, 0)
  }

  #fail(error: Error): void {
    this.#failure = error
    this.#enough?.resolve()
    this.#enough = undefined
    this.#giveUp()
  }
}
