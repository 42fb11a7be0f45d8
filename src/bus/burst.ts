// What came from a client in one turn of the event loop, and what is done once for all of it.

export class Burst {
  readonly #act: () => void
  #later: NodeJS.Immediate | undefined

  constructor(act: () => void) {
    this.#act = act
  }

  /** Acts when all that is there to be read now has been read. */
  begin(): void {
    this.#later ??= setImmediate(() => this.end())
  }

  /** Acts now. */
  end(): void {
    this.stop()
    this.#act()
  }

  /** There is nothing to be done any more. */
  stop(): void {
    if (this.#later) clearImmediate(this.#later)
    this.#later = undefined
  }
}
