// Subscribers over HTTP that ask again and again: what comes between two questions waits for the next one.

import type { ServerResponse } from 'node:http'
import type { Outbox, Wire } from './outbox.ts'
import type { Participant } from './participant.ts'

/** Who has not asked for so long does not come back. */
const GONE_MS = 60_000
/** A question is answered after this time, with nothing if there is nothing. */
export const POLL_MS = 25_000

export interface PollOptions {
  readonly id: string
  readonly participantOf: (outbox: Outbox) => Participant
  readonly outboxOf: (wire: Wire) => Outbox
  readonly onGone: () => void
}

export class PollSession {
  readonly participant: Participant
  readonly outbox: Outbox
  readonly received = 0
  readonly isWaiting = false
  readonly #options: PollOptions
  #question: { readonly response: ServerResponse; readonly timer: NodeJS.Timeout } | undefined
  #going: NodeJS.Timeout | undefined

  constructor(options: PollOptions) {
    this.#options = options
    const isAsked = () => this.#question !== undefined
    this.outbox = options.outboxOf({
      get waiting() {
        return isAsked() ? 0 : Number.POSITIVE_INFINITY
      },
      write: chunks => this.#answer(200, chunks),
    })
    this.participant = options.participantOf(this.outbox)
    this.#expectQuestion()
  }

  /** Another question of the same client takes the place of one that is still open. */
  ask(response: ServerResponse): void {
    this.#answer(204, [])
    clearTimeout(this.#going)
    this.#question = { response, timer: setTimeout(() => this.#answer(204, []), POLL_MS) }
    response.on('close', () => {
      if (this.#question?.response === response) this.#drop()
    })
    this.outbox.flush()
    this.participant.pump()
  }

  leave(): void {
    this.#answer(204, [])
    clearTimeout(this.#going)
    this.outbox.close()
    this.participant.leave(Date.now())
  }

  #answer(status: number, chunks: readonly Uint8Array[]): void {
    const question = this.#question
    if (!question) return
    this.#drop()
    question.response.writeHead(status, { 'content-type': 'application/x-ndjson', 'daq-session': this.#options.id })
    question.response.end(Buffer.concat(chunks))
  }

  #drop(): void {
    clearTimeout(this.#question?.timer)
    this.#question = undefined
    this.#expectQuestion()
  }

  #expectQuestion(): void {
    clearTimeout(this.#going)
    this.#going = setTimeout(() => {
      this.leave()
      this.#options.onGone()
    }, GONE_MS)
  }
}
