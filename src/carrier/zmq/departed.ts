// What became of peers that have left, and of all together: for the counts at the end.

import { joined, type PeerReport, type PeerReports } from '../../stream/ledger.ts'

/** So many are remembered; of older ones only the common counts are left. */
const MOST = 256

export class Departed {
  readonly #reports = new Map<string, PeerReport>()

  /** One that nothing was sent to, and that sent nothing, is not worth a word. */
  add(name: string, report: PeerReport): void {
    if ((report.written ?? 0) + (report.received ?? 0) === 0) return
    const before = this.#reports.get(name)
    this.#reports.delete(name)
    this.#reports.set(name, before ? joined(before, report) : report)
    const [oldest] = this.#reports.keys()
    if (this.#reports.size > MOST && oldest !== undefined) this.#reports.delete(oldest)
  }

  /** With those that are there; one that came back under its name has one report. */
  and(present: readonly (readonly [name: string, report: PeerReport])[]): PeerReports {
    const all = new Map(this.#reports)
    for (const [name, report] of present) {
      const before = all.get(name)
      all.set(name, before ? joined(before, report) : report)
    }
    return Object.fromEntries(all)
  }
}
