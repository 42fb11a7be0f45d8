// A loop that is begun again and again: one at a time, and once more if it was asked for meanwhile.

export class Pump {
  readonly #turn: () => Promise<boolean>
  readonly #failed: (error: unknown) => void
  #isRunning = false
  #isAsked = false

  /** `turn` does a piece of the work, and tells whether there may be more to do at once. */
  constructor(turn: () => Promise<boolean>, failed: (error: unknown) => void) {
    this.#turn = turn
    this.#failed = failed
  }

  start(): void {
    this.#isAsked = true
    if (this.#isRunning) return
    this.#isRunning = true
    this.#run().catch(this.#failed)
  }

  async #run(): Promise<void> {
    try {
      while (this.#isAsked) {
        this.#isAsked = false
        while (await this.#turn());
      }
    } finally {
      this.#isRunning = false
    }
  }
}
