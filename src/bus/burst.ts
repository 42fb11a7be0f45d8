// Reads that follow each other at once, and what is done once for all of them.

/** What node reads at once at most: after so much, more is mostly there already. */
const FULL_READ = 65_536
/** Bytes of full reads for which it is done at the latest: more would wait for nothing. */
const MOST = 4 * FULL_READ

export class Burst {
  readonly #act: () => void
  #bytes = 0
  #later: NodeJS.Immediate | undefined

  constructor(act: () => void) {
    this.#act = act
  }

  /** So many bytes were read: acts now, or with what is read next, in this turn of the event loop. */
  read(bytes: number): void {
    this.#bytes += bytes
    if (bytes < FULL_READ || this.#bytes >= MOST) this.end()
    else this.#later ??= setImmediate(() => this.end())
  }

  /** Acts now. */
  end(): void {
    this.stop()
    this.#act()
  }

  /** What was read needs nothing done any more. */
  stop(): void {
    if (this.#later) clearImmediate(this.#later)
    this.#later = undefined
    this.#bytes = 0
  }
}
