// Values over time on a terminal, drawn at the screen's rate.

import type { Cells } from '../chart/cells.ts'
import type { OpenScreen, Screen } from '../chart/screen.ts'
import type { Sensors } from '../chart/sensors.ts'
import { timeCells } from '../chart/time-cells.ts'
import { type TimeView, timeView } from '../chart/time-panels.ts'
import type { Zone } from '../chart/time-ticks.ts'

export interface PlotScreenOptions {
  readonly open: OpenScreen
  readonly zone: Zone
  /** Frames a second. */
  readonly rate: number
  /** Aborted by the key q; when it is, nothing stays on the screen. */
  readonly stop: AbortController
}

/** A frame is followed by so many times its own time without one. */
const REST = 9

export class PlotScreen {
  readonly #sensors: Sensors
  readonly #screen: Screen
  readonly #zone: Zone
  readonly #stop: AbortController
  readonly #timer: NodeJS.Timeout
  #drawn: Cells | undefined
  /** What is shown, also while it is paused. */
  #view: TimeView | undefined
  #isStale = true
  #state: 'running' | 'paused' = 'running'
  #hasEnded = false
  #rested = 0

  constructor(sensors: Sensors, { open, zone, rate, stop }: PlotScreenOptions) {
    this.#sensors = sensors
    this.#zone = zone
    this.#stop = stop
    this.#screen = open({
      onKey: key => this.#onKey(key),
      onEmpty: () => {
        this.#drawn = undefined
        this.#draw()
      },
    })
    this.#timer = setInterval(() => this.#tick(), 1000 / rate)
    this.#draw()
  }

  touch(): void {
    this.#isStale = true
  }

  /** No more comes: what is there stays until somebody has looked at it. */
  async stay(): Promise<void> {
    this.#hasEnded = true
    this.#isStale = true
    const { signal } = this.#stop
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
    if (key === 'q' || key === 'ctrl-d') this.#screen.quit(this.#stop)
    if (key === ' ') this.#state = this.#state === 'running' ? 'paused' : 'running'
    if (key === 'ctrl-l') this.#drawn = undefined
    this.#isStale = true
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
    const { columns, rows } = this.#screen.size
    const words = [this.#state === 'paused' ? 'PAUSED' : '', this.#hasEnded ? 'END' : ''].filter(word => word !== '')
    const help = ['q quit  space pause', ...words].join('  ')
    if (this.#state === 'running') this.#view = timeView(this.#sensors.all, this.#zone)
    const next = timeCells(this.#view, { columns, rows, help })
    this.#screen.draw(next.paint(this.#drawn, this.#screen.colors))
    this.#drawn = next
  }
}
