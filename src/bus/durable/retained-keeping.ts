// When what is retained is written to a file: after some time or some bytes, where it has changed.

import { carrierError } from '../../carrier/failure.ts'
import type { Journal } from '../../journal/journal.ts'
import type { JournalOptions } from '../../journal/options.ts'
import type { RetainedRuns } from '../retained-runs.ts'
import { loadRetained, saveRetained } from './retained-file.ts'

const EVERY_MS = 30_000
/** Of the journal: so much has to be read at the next start. */
const EVERY_BYTES = 64 * 2 ** 20

export class RetainedKeeping {
  readonly #folder: string
  readonly #retained: RetainedRuns
  readonly #warn: (message: string) => void
  readonly #everyBytes: number
  #isChanged = false
  /** What was retained before this offset is in the file. */
  #offset = 0
  #size = 0
  #savedAt = 0
  #saving: Promise<void> | undefined

  constructor(
    { folder, segment }: Pick<JournalOptions, 'folder' | 'segment'>,
    retained: RetainedRuns,
    warn: (message: string) => void,
  ) {
    this.#folder = folder
    this.#retained = retained
    this.#warn = warn
    this.#everyBytes = Math.min(segment ?? EVERY_BYTES, EVERY_BYTES)
  }

  /** Packets from there on must stay in the journal. */
  get held(): number {
    return this.#isChanged || this.#saving ? this.#offset : Number.POSITIVE_INFINITY
  }

  async load(journal: Journal, keeps: (topic: string) => boolean): Promise<void> {
    await loadRetained(this.#folder, journal, { retained: this.#retained, keeps })
    this.#offset = journal.next
    this.#size = journal.size
    this.#isChanged = this.#retained.size > 0
    this.#savedAt = Date.now()
  }

  changed(): void {
    this.#isChanged = true
  }

  /** Called when something was kept. */
  look(journal: Journal): void {
    if (!this.#isChanged || this.#saving) return
    const bytes = Math.abs(journal.size - this.#size)
    if (bytes < this.#everyBytes && Date.now() - this.#savedAt < EVERY_MS) return
    this.#saving = this.#save(journal).finally(() => {
      this.#saving = undefined
    })
  }

  async close(journal: Journal): Promise<void> {
    await this.#saving
    if (this.#isChanged && !journal.failure) await this.#save(journal)
  }

  async #save(journal: Journal): Promise<void> {
    const { next } = journal
    const runs = this.#retained.matching('#', Date.now())
    this.#isChanged = false
    this.#size = journal.size
    this.#savedAt = Date.now()
    try {
      await journal.flushed()
      // Offsets of what was refused meanwhile are given again.
      const offset = Math.min(next, journal.kept)
      await saveRetained(this.#folder, offset, runs)
      this.#offset = offset
    } catch (error) {
      this.#isChanged = true
      this.#warn(carrierError(this.#folder, error).message)
    }
  }
}
