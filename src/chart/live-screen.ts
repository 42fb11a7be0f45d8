// A screen while data comes: drawn at its own rate, of whatever there is then, and kept until somebody has looked at it.

import type { Cells, Colors } from './cells.ts'
import type { OpenScreen, Screen } from './screen.ts'

/** What a frame is made for. */
export interface Frame {
  readonly columns: number
  readonly rows: number
  readonly colors: Colors
  /** No more data comes. */
  readonly hasEnded: boolean
}

export interface LiveScreenOptions {
  readonly open: OpenScreen
  /** Frames a second. */
  readonly rate: number
  /** Aborted by the key q; when it is, nothing stays on the screen. */
  readonly stop: AbortController
  /** What is on the screen from now on. */
  readonly paint: (frame: Frame) => Cells
  /** Every key but those that quit; what it changes is drawn at once. */
  readonly onKey: (key: string) => void
}

/** A frame is followed by so many times its own time without one: a tenth of a processor, however much there is to draw. */
const REST = 9

export class LiveScreen {
  readonly #options: LiveScreenOptions
  readonly #screen: Screen
  readonly #timer: NodeJS.Timeout
  #drawn: Cells | undefined
  #isStale = true
  #hasEnded = false
  #rested = 0

  constructor(options: LiveScreenOptions) {
    this.#options = options
    this.#screen = options.open({
      onKey: key => this.#onKey(key),
      onEmpty: () => {
        this.#drawn = undefined
        this.#draw()
      },
    })
    this.#timer = setInterval(() => this.#tick(), 1000 / options.rate)
    this.#draw()
  }

  /** There is something new to draw. */
  touch(): void {
    this.#isStale = true
  }

  /** No more comes: what is there stays until somebody has looked at it. */
  async stay(): Promise<void> {
    this.#hasEnded = true
    this.#isStale = true
    this.#tick()
    const { signal } = this.#options.stop
    if (!this.#screen.hasKeys || signal.aborted) return
    await new Promise<void>(resolve => {
      signal.addEventListener('abort', () => resolve())
    })
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#screen.close()
  }

  #onKey(key: string): void {
    if (key === 'q' || key === 'ctrl-d') {
      this.#screen.quit(this.#options.stop)
      return
    }
    if (key === 'ctrl-l') this.#drawn = undefined
    this.#options.onKey(key)
    this.#draw()
  }

  #tick(): void {
    if (!this.#isStale || this.#screen.isBusy || performance.now() < this.#rested) return
    const begun = performance.now()
    this.#draw()
    const now = performance.now()
    this.#rested = now + REST * (now - begun)
  }

  #draw(): void {
    this.#isStale = this.#screen.isBusy
    if (this.#isStale) return
    const { colors, size } = this.#screen
    const next = this.#options.paint({ ...size, colors, hasEnded: this.#hasEnded })
    this.#screen.draw(next.paint(this.#drawn, colors))
    this.#drawn = next
  }
}
