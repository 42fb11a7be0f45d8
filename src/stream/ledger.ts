// The ledger: what came in, what went out and what was lost on the way, by stage and reason.

export type LossKind = 'dropped' | 'rejected'

export interface StageReport {
  readonly in: number
  readonly out: number
  readonly dropped: Readonly<Record<string, number>>
  readonly rejected: Readonly<Record<string, number>>
  readonly duplicate: number
  readonly late: number
  readonly bytes: number
  /** What was done to packets on request, by name: no loss. */
  readonly injected?: Readonly<Record<string, number>>
  /** The most packets held at once, where that is limited. */
  readonly peak?: number
  /** The peers that are connected, and the latest that were, where a carrier counts each of them. */
  readonly peers?: PeerReports
}

/** What one peer was sent or has sent. Of packets written for it, what is not sent, dropped or taken back is pending. */
export interface PeerReport {
  readonly received?: number
  readonly written?: number
  readonly sent?: number
  readonly dropped?: Readonly<Record<string, number>>
  readonly pending?: number
}

/** By the peers' names. */
export type PeerReports = Readonly<Record<string, PeerReport>>

/** Two reports of one peer, or of two that go by one name. */
export function joined(a: PeerReport, b: PeerReport): PeerReport {
  const dropped = { ...a.dropped }
  for (const [reason, count] of Object.entries(b.dropped ?? {})) dropped[reason] = (dropped[reason] ?? 0) + count
  const total = (name: 'received' | 'written' | 'sent' | 'pending') =>
    a[name] === undefined && b[name] === undefined ? {} : { [name]: (a[name] ?? 0) + (b[name] ?? 0) }
  return {
    ...total('received'),
    ...total('written'),
    ...total('sent'),
    ...((a.dropped || b.dropped) && { dropped }),
    ...total('pending'),
  }
}

/** The counters of one stage. Plain fields: they are raised once a batch on the hot path. */
export class StageCount {
  in = 0
  out = 0
  bytes = 0
  duplicate = 0
  late = 0
  peak = 0
  readonly injected = new Map<string, number>()
  readonly dropped = new Map<string, number>()
  readonly rejected = new Map<string, number>()
  readonly #peers: (() => PeerReports)[] = []

  drop(reason: string, count = 1): void {
    this.dropped.set(reason, (this.dropped.get(reason) ?? 0) + count)
  }

  reject(reason: string, count = 1): void {
    this.rejected.set(reason, (this.rejected.get(reason) ?? 0) + count)
  }

  inject(name: string, count = 1): void {
    this.injected.set(name, (this.injected.get(name) ?? 0) + count)
  }

  /** Of one endpoint among those that the stage has: asked for each report. */
  countPeers(reports: () => PeerReports): void {
    this.#peers.push(reports)
  }

  /** Of all endpoints; nothing where no endpoint counts its peers. */
  get peers(): PeerReports | undefined {
    if (this.#peers.length === 0) return undefined
    const all = new Map<string, PeerReport>()
    for (const [name, report] of this.#peers.flatMap(reports => Object.entries(reports()))) {
      const before = all.get(name)
      all.set(name, before ? joined(before, report) : report)
    }
    return Object.fromEntries(all)
  }

  get lost(): number {
    return sum(this.dropped) + sum(this.rejected)
  }

  report(): StageReport {
    const { peers } = this
    return {
      in: this.in,
      out: this.out,
      dropped: Object.fromEntries(this.dropped),
      rejected: Object.fromEntries(this.rejected),
      duplicate: this.duplicate,
      late: this.late,
      bytes: this.bytes,
      ...(this.injected.size > 0 && { injected: Object.fromEntries(this.injected) }),
      ...(this.peak > 0 && { peak: this.peak }),
      ...(peers && { peers }),
    }
  }
}

function sum(counts: ReadonlyMap<string, number>): number {
  let total = 0
  for (const count of counts.values()) total += count
  return total
}

export class Ledger {
  #stages = new Map<string, StageCount>()
  #prefix = ''

  /** The same ledger for a part of what is done: its stages have a word before their names. */
  under(word: string): Ledger {
    const part = new Ledger()
    part.#stages = this.#stages
    part.#prefix = `${this.#prefix}${word} `
    return part
  }

  /** The counters of the stage of that name, made on first use. */
  stage(name: string): StageCount {
    const full = this.#prefix + name
    const known = this.#stages.get(full)
    if (known) return known
    const count = new StageCount()
    this.#stages.set(full, count)
    return count
  }

  /** Packets lost, dropped or rejected anywhere: any makes exit code 3. */
  get lost(): number {
    let total = 0
    for (const count of this.#stages.values()) total += count.lost
    return total
  }

  report(): Readonly<Record<string, StageReport>> {
    return Object.fromEntries([...this.#stages].map(([name, count]) => [name, count.report()]))
  }

  /** One line for people: `input: 1000 in, 2 rejected (2 invalid JSON); output: 998 out`. */
  summary(): string {
    const parts: string[] = []
    for (const [name, count] of this.#stages) {
      const words: string[] = []
      if (count.in > 0) words.push(`${count.in} in`)
      if (count.out > 0) words.push(`${count.out} out`)
      for (const kind of ['dropped', 'rejected'] as const) {
        const total = sum(count[kind])
        if (total === 0) continue
        const reasons = [...count[kind]].map(([reason, n]) => `${n} ${reason}`).join(', ')
        words.push(`${total} ${kind} (${reasons})`)
      }
      for (const [fault, n] of count.injected) words.push(`${n} ${fault} injected`)
      if (count.peak > 0) words.push(`at most ${count.peak} at once`)
      if (count.duplicate > 0) words.push(`${count.duplicate} duplicate`)
      if (count.late > 0) words.push(`${count.late} late`)
      parts.push(`${name.replace(/:$/, '')}: ${words.join(', ') || 'nothing'}`)
    }
    return parts.join('; ')
  }
}
