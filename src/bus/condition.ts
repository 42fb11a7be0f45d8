// Waiting until something is so: whoever changes it wakes those who wait, and a failure ends their waiting.

export class Condition {
  #failure: { readonly error: unknown } | undefined
  #waiting: (() => void)[] = []

  get hasFailed(): boolean {
    return this.#failure !== undefined
  }

  /** The first failure is the one that is told. */
  fail(error: unknown): void {
    this.#failure ??= { error }
    this.wake()
  }

  /** Throws what it failed with. */
  check(): void {
    if (this.#failure) throw this.#failure.error
  }

  /** Something has changed: those who wait look again. */
  wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo() && !this.#failure) {
      await new Promise<void>(resolve => {
        this.#waiting.push(resolve)
      })
    }
    this.check()
  }
}
