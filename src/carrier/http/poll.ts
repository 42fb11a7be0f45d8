// An HTTP endpoint as input that connects: asks for what comes next, again and again.

import type { IncomingMessage } from 'node:http'
import { CarrierError } from '../../errors.ts'
import { makeIds } from '../../id.ts'
import { type Batch, gapPacket } from '../../packet.ts'
import { parseCount } from '../../units.ts'
import { type Endpoint, param } from '../../url.ts'
import type { CarrierContext, Channel, Decode } from '../carrier.ts'
import { waitOf } from '../socket.ts'
import { reconnects } from '../socket-source.ts'
import { Link, refusal } from './link.ts'
import type { HttpAddress } from './server.ts'
import { HEADER } from './wording.ts'

const RESTARTED = 'writer restarted'

/** The writer's end is the end. */
export async function* pollSource(
  endpoint: Endpoint,
  address: HttpAddress,
  context: CarrierContext,
  decode: Decode,
): AsyncGenerator<Batch> {
  const link = new Link(address, { ...context, wait: waitOf(endpoint), again: reconnects(endpoint) })
  const confirming = new Link(address, { ...context, wait: 0, again: false })
  const poll = new Poll(endpoint, context, { link, confirming })
  try {
    for (;;) {
      const answer = await link.ask({ method: 'GET', query: poll.question(), headers: { accept: ACCEPT } })
      if (!answer) return
      if (answer.statusCode !== 200 && answer.statusCode !== 204) throw await refusal(link.name, answer)
      yield* poll.take(answer, decode)
      if (poll.isOver) return
    }
  } finally {
    link.close()
    confirming.close()
  }
}

/** Both forms are told by their first byte: whichever the writer prefers. */
const ACCEPT = '*/*'

interface Links {
  readonly link: Link
  /** For what is said while a question is open over the other. */
  readonly confirming: Link
}

class Poll {
  readonly #context: CarrierContext
  readonly #link: Link
  readonly #confirming: Link
  readonly #fixed: Readonly<Record<string, string | number | undefined>>
  readonly #isNamed: boolean
  #stream: string | undefined
  /** The number of the packet that is to come next. */
  #next: number | undefined
  #got: number | undefined
  /** All before it has been dealt with, and what of that has been said. */
  #done: number | undefined
  #said: number | undefined
  /** The number at which a gap record has come already. */
  #gapAt: number | undefined
  #isAsking = false
  #isConfirming = false
  isOver = false

  constructor(endpoint: Endpoint, context: CarrierContext, { link, confirming }: Links) {
    this.#context = context
    this.#link = link
    this.#confirming = confirming
    const [name, policy] = ['name', 'policy'].map(key => endpoint.params.get(key))
    this.#fixed = { reader: makeIds()(), name, policy, buffer: param(endpoint, 'buffer', parseCount) }
    this.#next = param(endpoint, 'from', parseCount)
    this.#isNamed = name !== undefined
  }

  /** Asks for what comes next, and says what of that before has been dealt with. */
  question() {
    this.#isAsking = true
    this.#said = this.#done
    return { ...this.#fixed, stream: this.#stream, from: this.#next, got: this.#got, done: this.#done }
  }

  /** The packets of an answer; of one that breaks off those that came whole. */
  async *take(answer: IncomingMessage, decode: Decode): AsyncGenerator<Batch> {
    this.#isAsking = false
    const { isFirst, from, next, hasGap } = this.#readHeaders(answer)
    if (isFirst && this.#stream !== undefined) yield [this.#restarted()]
    this.#stream = textOf(answer, HEADER.stream)
    if (answer.statusCode === 204) return await this.#finish(answer, next)
    let failure: { readonly error: unknown } | undefined
    let rejected = 0
    const fail = (error: unknown) => {
      failure = { error }
    }
    const channel: Channel = {
      name: this.#link.name,
      bytes: bytesOf(answer, fail),
      get resent() {
        return failure !== undefined
      },
      onReject: () => rejected++,
    }
    const skip = hasGap && this.#gapAt === from ? 1 : 0
    let seen = 0
    for await (const batch of decode(channel)) {
      const wanted = seen < skip ? batch.slice(skip - seen) : batch
      seen += batch.length
      this.#got = numberOf(answer, HEADER.answer)
      if (hasGap) this.#gapAt = from
      this.#next = Math.min(next, from + seen + rejected - (hasGap ? 1 : 0))
      if (wanted.length > 0) yield this.#acknowledged(wanted, this.#next)
    }
    if (failure) await this.#link.broken(failure.error)
    else await this.#finish(answer, next)
  }

  async #finish(answer: IncomingMessage, next: number): Promise<void> {
    await this.#link.finish(answer)
    this.#next = next
    this.#got = numberOf(answer, HEADER.answer) ?? this.#got
    this.isOver = answer.headers[HEADER.end] !== undefined
  }

  #readHeaders(answer: IncomingMessage) {
    const stream = textOf(answer, HEADER.stream)
    const next = numberOf(answer, HEADER.next)
    if (stream === undefined || next === undefined) {
      throw new CarrierError(
        this.#link.name,
        `the answer has no ${HEADER.stream} and ${HEADER.next}: not an output of ours`,
      )
    }
    const isFirst = stream !== this.#stream
    const from = numberOf(answer, HEADER.from) ?? next
    return { isFirst, from, next, hasGap: answer.headers[HEADER.lost] !== undefined }
  }

  /** What the writer had not sent when it died is lost; nobody knows how much it was. */
  #restarted() {
    const { ledger, warn } = this.#context
    warn(`${this.#link.name}: the writer has been started anew; what it had not sent may be lost`)
    ledger.stage('input').drop(RESTARTED)
    return gapPacket({ lost: 0, reason: RESTARTED, stage: this.#link.name })
  }

  #acknowledged(batch: Batch, number: number): Batch {
    if (!this.#isNamed) return batch
    const acknowledge = () => {
      this.#done = number
      if (this.#isAsking) void this.#confirm()
    }
    return Object.assign([...batch], { acknowledge })
  }

  /** The question that is open was asked before. One word at a time is enough: the next question says it, too. */
  async #confirm(): Promise<void> {
    if (this.#isConfirming) return
    this.#isConfirming = true
    try {
      while (this.#said !== this.#done) {
        this.#said = this.#done
        const answer = await this.#confirming.ask({
          method: 'POST',
          query: { ...this.#fixed, stream: this.#stream, done: this.#said },
        })
        if (answer) await this.#confirming.finish(answer)
      }
    } catch {
      // What could not be said is said by the next question.
    } finally {
      this.#isConfirming = false
    }
  }
}

async function* bytesOf(answer: IncomingMessage, fail: (error: unknown) => void): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of answer) {
      const bytes: Uint8Array = chunk
      yield bytes
    }
  } catch (error) {
    fail(error)
  }
}

function textOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' ? value : undefined
}

function numberOf(answer: IncomingMessage, name: string): number | undefined {
  const text = textOf(answer, name)
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}
