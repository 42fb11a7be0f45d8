// Values over time on a terminal.

import type { Cells } from '../chart/cells.ts'
import { type Frame, LiveScreen, type LiveScreenOptions } from '../chart/live-screen.ts'
import type { Sensors } from '../chart/sensors.ts'
import { timeCells } from '../chart/time-cells.ts'
import { type TimeView, timeView } from '../chart/time-panels.ts'
import type { Zone } from '../chart/time-ticks.ts'

export interface PlotScreenOptions extends Pick<LiveScreenOptions, 'open' | 'rate' | 'stop'> {
  readonly zone: Zone
}

export class PlotScreen {
  readonly #sensors: Sensors
  readonly #zone: Zone
  readonly #live: LiveScreen
  /** What is shown, also while it is paused. */
  #view: TimeView | undefined
  #state: 'running' | 'paused' = 'running'

  constructor(sensors: Sensors, { zone, ...options }: PlotScreenOptions) {
    this.#sensors = sensors
    this.#zone = zone
    this.#live = new LiveScreen({
      ...options,
      paint: frame => this.#paint(frame),
      onKey: key => {
        if (key === ' ') this.#state = this.#state === 'running' ? 'paused' : 'running'
      },
    })
  }

  touch(): void {
    this.#live.touch()
  }

  stay(): Promise<void> {
    return this.#live.stay()
  }

  close(): Promise<void> {
    return this.#live.close()
  }

  #paint({ columns, rows, hasEnded }: Frame): Cells {
    const words = [this.#state === 'paused' ? 'PAUSED' : '', hasEnded ? 'END' : ''].filter(word => word !== '')
    const help = ['q quit  space pause', ...words].join('  ')
    if (this.#state === 'running') this.#view = timeView(this.#sensors.all, this.#zone)
    return timeCells(this.#view, { columns, rows, help })
  }
}
