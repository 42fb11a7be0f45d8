// What waits for one subscriber: bounded by its policy, every loss counted and announced where packets are missing.

import { compact } from './compact.ts'
import { DEFAULT_BOUNDS, type InboxBounds } from './inbox-policy.ts'
import { Loss } from './loss.ts'
import type { Form, Run } from './run.ts'
import { SPILL, Spill, type SpillBounds } from './spill.ts'

export type LossReason = 'overflow' | 'superseded' | 'expired'

export class Waiting {
  bounds: InboxBounds = DEFAULT_BOUNDS
  readonly #spill: Spill
  readonly #onLoss: (reason: LossReason, run: Run) => void
  #queue: (Run | Loss | undefined)[] = []
  #head = 0
  /** At the end of the queue, those that came since the last `settle`. */
  #fresh = 0
  #packets = 0
  #bytes = 0
  #words = 0
  /** Lost after all that waits, also in files: while there is such a loss, more is lost. */
  #after: Loss | undefined
  /** Lost before the first that waits. */
  #before: Loss | undefined

  constructor(onLoss: (reason: LossReason, run: Run) => void, spill: SpillBounds = SPILL) {
    this.#spill = new Spill(spill)
    this.#onLoss = onLoss
  }

  /** In memory and in files. */
  get packets(): number {
    return this.#packets + this.#spill.packets
  }

  /** Bytes of what is no packet. */
  get words(): number {
    return this.#words
  }

  get bytes(): number {
    return this.#bytes
  }

  get isEmpty(): boolean {
    return (
      this.#head === this.#queue.length &&
      this.#before === undefined &&
      this.#after === undefined &&
      this.#spill.isEmpty
    )
  }

  /** Of memory. */
  get isFull(): boolean {
    return this.#packets >= this.bounds.packets || this.#bytes >= this.bounds.bytes
  }

  /** Drops nothing; see `trim`. */
  push(run: Run): void {
    const isInFile = !this.#spill.isEmpty || this.#after !== undefined
    if (isInFile || (this.bounds.policy === 'spill' && this.isFull && run.packets > 0)) this.#pushToFile(run)
    else this.#append(run)
  }

  /**
   * What has no room is dropped as the policy says; `block` drops nothing: its bound is for whoever pushes to keep. Words
   * of the broker, which are no packets, are kept in any case.
   */
  trim(): void {
    const { policy, packets, bytes } = this.bounds
    if (policy === 'block' || policy === 'spill') return
    const most = policy === 'latest' ? 1 : packets
    const over = this.#packets - most
    if (over > 0) this.#drop(over)
    while (this.#bytes > bytes && this.#packets > 1) this.#drop(1)
  }

  /** What is here has to wait: from now on it takes about as much memory as it has bytes. */
  settle(): void {
    const fresh = Math.min(this.#fresh, this.#queue.length - this.#head)
    if (fresh > 0) compact(this.#queue, this.#queue.length - fresh)
    this.#fresh = 0
  }

  /** The next runs in the order in which they came: none if there are none, and no more once they are `bytes` long. */
  take(bytes: number, form: Form, now: number): Run[] {
    const runs: Run[] = []
    let taken = 0
    while (taken < bytes) {
      const next = this.#shift()
      if (next instanceof Loss) {
        this.#note(next)
        continue
      }
      if (next && next.expires <= now) {
        this.#lose(next, 'expired')
        continue
      }
      if (this.#before) runs.push(this.#before.asRun(form))
      this.#before = undefined
      if (!next) break
      runs.push(next)
      taken += next.length
    }
    return runs
  }

  clear(): void {
    this.#queue = []
    this.#head = 0
    this.#packets = 0
    this.#bytes = 0
    this.#words = 0
    this.#before = undefined
    this.#after = undefined
    this.#spill.close()
  }

  #append(run: Run): void {
    this.#queue.push(run)
    this.#fresh++
    this.#count(run, 1)
  }

  #pushToFile(run: Run): void {
    if (!this.#after && this.#spill.push(run)) return
    if (run.packets === 0) {
      this.#append(run)
      return
    }
    this.#after ??= new Loss('overflow')
    this.#after.add(run)
    this.#onLoss('overflow', run)
  }

  #drop(count: number): void {
    const { policy } = this.bounds
    if (policy === 'drop-newest') this.#dropNewest(count)
    else this.#dropOldest(count, policy === 'latest' ? 'superseded' : 'overflow')
  }

  /** From the end: what is lost next to what was lost there before is one loss. */
  #dropNewest(count: number): void {
    const lost: (Run | Loss)[] = []
    const words: Run[] = []
    for (let left = count; left > 0 && this.#queue.length > this.#head; ) {
      const last = this.#queue.pop()
      if (!last) break
      if (last instanceof Loss) lost.push(last)
      else if (last.packets === 0) words.push(last)
      else {
        this.#count(last, -1)
        const keep = Math.max(0, last.packets - left)
        if (keep > 0) this.#append(last.only(keep))
        lost.push(keep > 0 ? last.without(keep) : last)
        left -= last.packets - keep
      }
    }
    const before = this.#queue.at(-1)
    const loss = before instanceof Loss ? before : new Loss('overflow')
    for (const item of lost.reverse()) {
      if (item instanceof Loss) loss.merge(item)
      else {
        loss.add(item)
        this.#onLoss('overflow', item)
      }
    }
    if (loss !== before) this.#queue.push(loss)
    this.#queue.push(...words.reverse())
  }

  #dropOldest(count: number, reason: LossReason): void {
    const words: Run[] = []
    for (let left = count; left > 0; ) {
      const first = this.#shift()
      if (first === undefined) break
      if (first instanceof Loss) this.#note(first)
      else if (first.packets === 0) words.push(first)
      else {
        const lost = Math.min(left, first.packets)
        if (lost < first.packets) this.#unshift(first.without(lost))
        this.#lose(lost < first.packets ? first.only(lost) : first, reason)
        left -= lost
      }
    }
    for (const word of words.reverse()) this.#unshift(word)
  }

  #lose(run: Run, reason: LossReason): void {
    this.#before ??= new Loss(reason)
    this.#before.add(run)
    this.#onLoss(reason, run)
  }

  #note(loss: Loss): void {
    if (this.#before) this.#before.merge(loss)
    else this.#before = loss
  }

  #shift(): Run | Loss | undefined {
    const first = this.#queue[this.#head]
    if (first === undefined) return this.#fromFile()
    this.#queue[this.#head++] = undefined
    if (this.#head === this.#queue.length || (this.#head > 1024 && this.#head * 2 > this.#queue.length)) {
      this.#queue.splice(0, this.#head)
      this.#head = 0
    }
    if (!(first instanceof Loss)) this.#count(first, -1)
    return first
  }

  #fromFile(): Run | Loss | undefined {
    const run = this.#spill.shift()
    if (run) return run
    const after = this.#after
    this.#after = undefined
    return after
  }

  #unshift(run: Run): void {
    if (this.#head > 0) this.#queue[--this.#head] = run
    else this.#queue.unshift(run)
    this.#count(run, 1)
  }

  #count({ packets, length }: Run, sign: 1 | -1): void {
    this.#packets += sign * packets
    if (packets > 0) this.#bytes += sign * length
    else this.#words += sign * length
  }
}
