// An HTTP endpoint as output that connects: packets are posted, again where nobody says that they have arrived.

import { makeIds } from '../../id.ts'
import type { Batch } from '../../packet.ts'
import { BoundedQueue } from '../../stream/queue.ts'
import type { Sink } from '../../stream/step.ts'
import { type Endpoint, withoutSecrets } from '../../url.ts'
import type { CarrierContext, Encode } from '../carrier.ts'
import { pause, waitOf } from '../socket.ts'
import { reconnects } from '../socket-source.ts'
import { Link, refusal } from './link.ts'
import type { HttpAddress } from './server.ts'
import { contentType, HEADER, packetType } from './wording.ts'

/** At the end, so long for the reader to hear of it. */
const PARTING_MS = 2000

/** While one batch is on its way, the next ones gather in a queue; what the policy says is done when that is full. */
export async function postSink(
  endpoint: Endpoint,
  address: HttpAddress,
  context: CarrierContext,
  encode: Encode,
): Promise<Sink> {
  const link = new Link(address, { ...context, wait: waitOf(endpoint), again: reconnects(endpoint), drains: true })
  const sink = new Poster(link, withoutSecrets(endpoint.text), context, encode)
  try {
    await sink.open()
  } catch (error) {
    await sink.abort()
    throw error
  }
  return sink
}

class Poster implements Sink {
  readonly #link: Link
  readonly #context: CarrierContext
  readonly #encode: Encode
  readonly #queue: BoundedQueue
  readonly #stream = makeIds()()
  #next = 0
  #posting: Promise<void> | undefined
  #failure: { readonly error: unknown } | undefined
  #wake = () => {}

  constructor(link: Link, name: string, context: CarrierContext, encode: Encode) {
    this.#link = link
    this.#context = context
    this.#encode = encode
    const { policy, buffer, ledger } = context
    this.#queue = new BoundedQueue({ policy, packets: buffer, stage: name, count: ledger.stage('output') })
  }

  /** Says that it is there: what is wrong with the address is told at once. */
  async open(): Promise<void> {
    await this.#post([], {})
  }

  write(batch: Batch): void | Promise<void> {
    this.#check()
    this.#queue.push(batch)
    this.#posting ??= this.#drain()
    if (this.#context.policy === 'block' && this.#queue.isFull) return this.#room()
  }

  async commit(): Promise<void> {
    await this.#posting
    this.#check()
  }

  async close(): Promise<void> {
    try {
      await this.commit()
      // All has been taken: a reader that has left on hearing of the end is none to wait for.
      const ending = this.#post([], { [HEADER.end]: 1 }).catch(() => {})
      const over = new AbortController()
      await Promise.race([ending, pause(PARTING_MS, over.signal)])
      over.abort()
    } finally {
      this.#link.close()
    }
  }

  async abort(): Promise<void> {
    this.#link.close()
  }

  async #room(): Promise<void> {
    while (this.#queue.isFull && !this.#failure) {
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
    this.#check()
  }

  async #drain(): Promise<void> {
    try {
      while (!this.#queue.isEmpty) {
        const batch = this.#queue.take()
        this.#wake()
        await this.#post(batch, {})
      }
    } catch (error) {
      this.#failure = { error }
    } finally {
      this.#posting = undefined
      this.#wake()
    }
  }

  /** Resolves when the reader has taken them. */
  async #post(batch: Batch, more: Readonly<Record<string, number>>): Promise<void> {
    const count = this.#context.ledger.stage('output')
    const [first] = batch
    const { encoder, format } = this.#encode(batch)
    const body = first ? [...encoder.push(batch), ...(encoder.end?.() ?? [])] : []
    const headers = {
      ...more,
      ...(first && { 'content-type': contentType(format), [HEADER.packet]: packetType(first.meta) }),
      [HEADER.stream]: this.#stream,
      [HEADER.from]: this.#next,
    }
    const answer = await this.#link.ask({ method: 'POST', headers, body })
    if (!answer) return count.drop('stopped', batch.length)
    if (answer.statusCode !== 200) throw await refusal(this.#link.name, answer)
    await this.#link.finish(answer)
    this.#next += batch.length
    count.out += batch.length
    for (const chunk of body) count.bytes += chunk.length
  }

  #check(): void {
    if (this.#failure) throw this.#failure.error
  }
}
