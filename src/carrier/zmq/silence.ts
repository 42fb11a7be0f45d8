// Notices that a peer has fallen silent.

import { Timer } from '../../timer.ts'

export interface SilenceOptions {
  /** Milliseconds between two looks: a peer is silent if nothing came from one to the next. */
  readonly every: number
  /** Grows with what comes. */
  readonly heard: () => number
  /** This side keeps the peer from being heard. */
  readonly held: () => boolean
  /** At each look: asks for a sign of life. False where the peer need not answer, and its silence means nothing. */
  readonly ask?: () => boolean
  readonly silent: () => void
}

export class Silence {
  readonly #options: SilenceOptions
  readonly #timer: Timer
  /** What had been heard at the last look; nothing where silence would mean nothing. */
  #heard: number | undefined
  #again: NodeJS.Immediate | undefined

  constructor(options: SilenceOptions) {
    this.#options = options
    this.#heard = options.ask ? undefined : options.heard()
    this.#timer = new Timer(options.every, () => this.#look())
  }

  stop(): void {
    this.#timer.stop()
    clearImmediate(this.#again)
  }

  /** Where this process was busy, what came in the meantime has not been read yet: it gets its turn first. */
  #look(): void {
    if (this.#isSilent) this.#again = setImmediate(() => (this.#isSilent ? this.#options.silent() : this.#goOn()))
    else this.#goOn()
  }

  get #isSilent(): boolean {
    return this.#options.heard() === this.#heard && !this.#options.held()
  }

  #goOn(): void {
    const { heard, ask } = this.#options
    const asked = ask?.() ?? true
    this.#heard = asked ? heard() : undefined
    this.#timer.restart()
  }
}
