// The spectra on a terminal: drawn at the screen's rate, of whatever came last; the data never waits for it.

import type { Cells } from '../../chart/cells.ts'
import { overlap, wholeRange } from '../../chart/columns.ts'
import { steadyRange } from '../../chart/level-range.ts'
import { type Frame, LiveScreen, type LiveScreenOptions } from '../../chart/live-screen.ts'
import { panelOf } from '../../chart/panels.ts'
import { spectrumCells } from '../../chart/spectrum-cells.ts'
import type { Panel } from '../../chart/spectrum-picture.ts'
import type { Range } from '../../chart/ticks.ts'
import { clockText } from '../../chart/time-ticks.ts'
import { HOLDS, type Trace } from '../../chart/trace.ts'
import { MOST_STREAMS, streamName, Traces } from '../../chart/traces.ts'
import type { WaterfallRow } from '../../chart/waterfall.ts'
import { isSpectrum } from '../../dsp/spectrum-meta.ts'
import type { Packet } from '../../packet.ts'
import { afterKey, HELP, type Shown, type ViewState } from './view-state.ts'

export interface DisplayOptions extends Pick<LiveScreenOptions, 'open' | 'rate' | 'stop'> {
  readonly state: ViewState
}

/** Of these every terminal has enough; a change of its size keeps what is there. */
const COLUMNS = 1024
const ROWS = 512
/** The share of the time that spectra between the frames may take, for the waterfall of the whole run. */
const BETWEEN = 0.05

export class Display {
  readonly #live: LiveScreen
  readonly #traces: Traces
  /** What is shown while it is paused: the traces as they were then. */
  #paused: Traces | undefined
  /** Of the whole run, as far as there was time: what is shown when the input has ended. */
  readonly #run: Traces
  readonly #begun = performance.now()
  #between = 0
  /** The last packet of each stream that is not in its trace yet. */
  readonly #waiting = new Map<string, Packet>()
  /** Streams with new spectra since the last frame. */
  readonly #seen = new Set<string>()
  #state: ViewState
  #range: { readonly of: string; readonly range: Range } | undefined
  #shown: Shown | undefined

  constructor({ state, ...options }: DisplayOptions) {
    this.#state = state
    const waterfall = { columns: COLUMNS, rows: ROWS, full: 'scroll' } as const
    this.#traces = new Traces({ rows: 'asked', holds: holdsOf(state), waterfall })
    this.#run = new Traces({ rows: 'each', holds: [], waterfall: { ...waterfall, full: 'thin' } })
    this.#live = new LiveScreen({
      ...options,
      paint: frame => this.#paint(frame),
      onKey: key => this.#onKey(key),
    })
  }

  /** Streams that are not drawn because there are too many. */
  get left(): number {
    return Math.max(this.#traces.left, this.#run.left)
  }

  /** Takes the packet in hand and leaves the work to the next frame, unless every spectrum counts. */
  see(packet: Packet): boolean {
    const { meta } = packet
    if (!isSpectrum(meta)) return false
    const name = streamName(meta)
    if (holdsOf(this.#state).length === 0) {
      // Of more streams nothing is drawn.
      if (this.#waiting.has(name) || this.#waiting.size < MOST_STREAMS) this.#waiting.set(name, packet)
    } else {
      this.#waiting.delete(name)
      this.#seen.add(name)
      this.#traces.see(packet)
    }
    if (!this.#state.isPaused) this.#live.touch()
    this.#remember(packet)
    return true
  }

  #remember(packet: Packet): void {
    const now = performance.now()
    if (this.#between > 1 + BETWEEN * (now - this.#begun)) return
    this.#run.see(packet)
    this.#between += performance.now() - now
  }

  /** No more comes: what is there stays until somebody has looked at it. */
  stay(): Promise<void> {
    return this.#live.stay()
  }

  close(): Promise<void> {
    return this.#live.close()
  }

  #onKey(key: string): void {
    const wasPaused = this.#state.isPaused
    this.#state = afterKey(this.#state, key, this.#shown)
    for (const traces of [this.#traces, this.#paused]) {
      if (key === 'c') traces?.clear()
      traces?.hold(holdsOf(this.#state))
    }
    if (this.#state.isPaused !== wasPaused) this.#paused = wasPaused ? undefined : this.#traces.copy()
  }

  #take(): void {
    for (const [name, packet] of this.#waiting) {
      this.#traces.see(packet)
      this.#seen.add(name)
    }
    this.#waiting.clear()
    for (const trace of this.#traces.all) if (this.#seen.has(trace.name)) trace.row()
    this.#seen.clear()
  }

  #paint({ columns, rows, colors, hasEnded }: Frame): Cells {
    if (!this.#state.isPaused) this.#take()
    const { help, marks } = this.#state
    const { all } = this.#paused ?? this.#traces
    const index = this.#index(all.length)
    const trace = all[index]
    const words = [
      ...(all.length > 1 ? [`${index + 1}/${all.length}`] : []),
      ...(this.#state.isPaused ? ['PAUSED'] : []),
      ...(hasEnded ? ['END'] : []),
    ]
    return spectrumCells(trace && this.#panel(trace, hasEnded), {
      columns,
      rows,
      colors,
      help: HELP[help],
      state: words.join(' '),
      peaks: marks === 'shown',
    })
  }

  #index(count: number): number {
    return ((this.#state.stream % count) + count) % count
  }

  #panel(trace: Trace, hasEnded: boolean): Panel {
    const panel = panelOf(trace, this.#state)
    const whole = wholeRange(trace.spectrum.axis, trace.spectrum.levels.length)
    const range = this.#state.levels ?? this.#steady(trace, panel.range)
    const span = overlap(panel.span, whole) ? panel.span : whole
    this.#shown = { span, whole, range, peak: panel.peaks[0]?.frequency }
    return {
      ...panel,
      span,
      range,
      note: trace.time === undefined ? '' : `${clockText(trace.time, 'utc')} UTC`,
      waterfall: this.#state.waterfall === 'shown' ? this.#rows(trace, hasEnded) : undefined,
    }
  }

  #rows({ name, waterfall }: Trace, hasEnded: boolean): readonly WaterfallRow[] {
    const live = waterfall?.rows ?? []
    if (!hasEnded) return live
    const run = this.#run.all.find(trace => trace.name === name)?.waterfall?.rows ?? []
    return run.length > live.length ? run : live
  }

  #steady({ name, spectrum }: Trace, now: Range): Range {
    const of = `${name} ${spectrum.unit} ${spectrum.axis.start}`
    const range = steadyRange(this.#range?.of === of ? this.#range.range : undefined, now)
    this.#range = { of, range }
    return range
  }
}

function holdsOf({ curves }: ViewState) {
  return HOLDS.filter(hold => curves.includes(hold))
}

/** A receiver that was tuned away is shown where it is now. */
