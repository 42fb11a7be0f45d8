// Requests that wait for their answers, each until its time is over.

import type { Batch, Packet } from '../packet.ts'
import type { StageCount } from '../stream/ledger.ts'
import { Timer } from '../timer.ts'
import { formatDuration } from '../units.ts'

/** What nobody was there for is sent again after this time. */
const AGAIN_MS = 250

export interface OpenOptions {
  /** Milliseconds that an answer is waited for. */
  readonly limit: number
  /** Answers to each request; once these are there, it is not waited for any more. */
  readonly replies: number
  readonly count: StageCount
  readonly warn: (message: string) => void
  /** Called once, when all that was asked is over. */
  readonly onDone: () => void
}

interface Open {
  readonly timer: Timer
  left: number
}

export class OpenRequests {
  readonly #options: OpenOptions
  readonly #open = new Map<string, Open>()
  readonly #again = new Set<Timer>()
  #complete = false
  #hasWarned = false

  constructor(options: OpenOptions) {
    this.#options = options
  }

  add(requests: Batch): void {
    for (const request of requests) {
      const id = idOf(request)
      this.#options.count.in++
      this.#open.set(id, { timer: new Timer(this.#options.limit, () => this.#giveUp(id)), left: this.#options.replies })
    }
  }

  /** There are no more than those that were added. */
  complete(): void {
    this.#complete = true
    this.#check()
  }

  /** Whether it is an answer to one that is waited for. */
  isAnswer(packet: Packet): boolean {
    const id = idOf(packet)
    const open = this.#open.get(id)
    if (!open) return false
    this.#options.count.out++
    if (--open.left === 0) this.#remove(id, open)
    return true
  }

  /** Nobody was there for these requests: those that are still waited for are sent again. */
  returned(requests: Batch, send: (requests: Batch) => void): void {
    if (!this.#hasWarned) this.#options.warn('nobody is there to answer, trying again')
    this.#hasWarned = true
    const timer = new Timer(AGAIN_MS, () => {
      this.#again.delete(timer)
      const open = requests.filter(request => this.#open.has(idOf(request)))
      if (open.length > 0) send(open)
    })
    this.#again.add(timer)
  }

  /** Waits for nothing any more. */
  stop(): void {
    for (const timer of this.#again) timer.stop()
    for (const { timer } of this.#open.values()) timer.stop()
    this.#open.clear()
  }

  #giveUp(id: string): void {
    const open = this.#open.get(id)
    if (!open) return
    const { limit, count, warn, replies } = this.#options
    count.drop('no answer', open.left)
    warn(
      `${open.left === replies ? 'no answer' : `${replies - open.left} of ${replies} answers`} within ${formatDuration(limit)}`,
    )
    this.#remove(id, open)
  }

  #remove(id: string, { timer }: Open): void {
    timer.stop()
    this.#open.delete(id)
    this.#check()
  }

  #check(): void {
    if (this.#complete && this.#open.size === 0) this.#options.onDone()
  }
}

function idOf({ meta }: Packet): string {
  return String(meta['correlation_id'])
}
