// The spectra on a terminal: drawn at the screen's rate, of whatever came last; the data never waits for it.

import type { Cells } from '../../chart/cells.ts'
import { wholeRange } from '../../chart/columns.ts'
import { steadyRange } from '../../chart/level-range.ts'
import { panelOf } from '../../chart/panels.ts'
import { spectrumCells } from '../../chart/spectrum-cells.ts'
import type { Panel } from '../../chart/spectrum-picture.ts'
import type { Range } from '../../chart/ticks.ts'
import { clockText } from '../../chart/time-ticks.ts'
import { HOLDS, type Trace } from '../../chart/trace.ts'
import { MOST_STREAMS, streamName, Traces } from '../../chart/traces.ts'
import type { WaterfallRow } from '../../chart/waterfall.ts'
import { Terminal } from '../../cli/terminal.ts'
import { isSpectrum } from '../../dsp/spectrum-meta.ts'
import type { Packet } from '../../packet.ts'
import { afterKey, HELP, type Shown, type ViewState } from './view-state.ts'

export interface DisplayOptions {
  readonly color: string
  /** Frames a second. */
  readonly rate: number
  readonly state: ViewState
  readonly stop: AbortController
}

/** Of these every terminal has enough; a change of its size keeps what is there. */
const COLUMNS = 1024
const ROWS = 512
/** A frame is followed by so many times its own time without one: a tenth of a processor, however long the spectra. */
const REST = 9
/** The share of the time that spectra between the frames may take, for the waterfall of the whole run. */
const BETWEEN = 0.05

export class Display {
  readonly #terminal: Terminal
  readonly #traces: Traces
  /** Of the whole run, as far as there was time: what is shown when the input has ended. */
  readonly #run: Traces
  readonly #begun = performance.now()
  #between = 0
  readonly #timer: NodeJS.Timeout
  readonly #stop: AbortController
  /** The last packet of each stream that is not in its trace yet. */
  readonly #waiting = new Map<string, Packet>()
  #state: ViewState
  #drawn: Cells | undefined
  #range: { readonly of: string; readonly range: Range } | undefined
  #shown: Shown | undefined
  #isStale = true
  #hasEnded = false
  #hasQuit = false
  #rested = 0

  constructor({ color, rate, state, stop }: DisplayOptions) {
    this.#state = state
    this.#stop = stop
    const waterfall = { columns: COLUMNS, rows: ROWS, full: 'scroll' } as const
    this.#traces = new Traces({ rows: 'asked', holds: holdsOf(state), waterfall })
    this.#run = new Traces({ rows: 'each', holds: [], waterfall: { ...waterfall, full: 'thin' } })
    this.#terminal = new Terminal(color, {
      onKey: key => this.#onKey(key),
      onEmpty: () => {
        this.#drawn = undefined
        this.#draw()
      },
    })
    this.#timer = setInterval(() => this.#tick(), 1000 / rate)
    this.#draw()
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
    if (this.#state.isPaused || holdsOf(this.#state).length === 0) {
      // Of more streams nothing is drawn.
      if (this.#waiting.has(name) || this.#waiting.size < MOST_STREAMS) this.#waiting.set(name, packet)
    } else {
      this.#waiting.delete(name)
      this.#seen.add(name)
      this.#traces.see(packet)
    }
    if (!this.#state.isPaused) this.#isStale = true
    this.#remember(packet)
    return true
  }

  #remember(packet: Packet): void {
    const now = performance.now()
    if (this.#between > 1 + BETWEEN * (now - this.#begun)) return
    this.#run.see(packet)
    this.#between += performance.now() - now
  }

  /** Streams with new spectra since the last frame. */
  readonly #seen = new Set<string>()

  /** No more comes: what is there stays until somebody has looked at it. */
  async stay(stop: AbortSignal): Promise<void> {
    this.#hasEnded = true
    this.#isStale = true
    this.#tick()
    if (!this.#terminal.hasKeys || this.#hasQuit || stop.aborted) return
    await new Promise<void>(resolve => {
      stop.addEventListener('abort', () => resolve())
    })
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#terminal.close()
  }

  #onKey(key: string): void {
    if (key === 'q' || key === 'ctrl-d') {
      this.#hasQuit = true
      this.#terminal.quit(this.#stop)
      return
    }
    if (key === 'c') this.#traces.clear()
    if (key === 'ctrl-l') this.#drawn = undefined
    this.#state = afterKey(this.#state, key, this.#shown)
    this.#traces.hold(holdsOf(this.#state))
    this.#isStale = true
    this.#draw()
  }

  #tick(): void {
    if (!this.#isStale || this.#terminal.isBusy || performance.now() < this.#rested) return
    const begun = performance.now()
    this.#isStale = false
    if (!this.#state.isPaused) this.#take()
    this.#draw()
    const now = performance.now()
    this.#rested = now + REST * (now - begun)
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

  #draw(): void {
    if (this.#terminal.isBusy) {
      this.#isStale = true
      return
    }
    const { columns, rows } = this.#terminal.size
    const { colors } = this.#terminal
    const { help, marks } = this.#state
    const panel = this.#panel()
    const next = spectrumCells(panel, {
      columns,
      rows,
      colors,
      help: HELP[help],
      state: this.#stateText(),
      peaks: marks === 'shown',
    })
    this.#terminal.draw(next.paint(this.#drawn, colors))
    this.#drawn = next
  }

  #stateText(): string {
    const { all } = this.#traces
    const words = [this.#state.isPaused ? 'PAUSED' : '', this.#hasEnded ? 'END' : '']
    if (all.length > 1) words.unshift(`${this.#index(all.length) + 1}/${all.length}`)
    return words.filter(word => word !== '').join(' ')
  }

  #index(count: number): number {
    return ((this.#state.stream % count) + count) % count
  }

  #panel(): Panel | undefined {
    const { all } = this.#traces
    const trace = all[this.#index(all.length)]
    if (!trace) return undefined
    const panel = panelOf(trace, this.#state)
    const whole = wholeRange(trace.spectrum.axis, trace.spectrum.levels.length)
    const range = this.#state.levels ?? this.#steady(trace, panel.range)
    const span = overlaps(panel.span, whole) ? panel.span : whole
    this.#shown = { span, whole, range, peak: panel.peaks[0]?.frequency }
    return {
      ...panel,
      span,
      range,
      note: trace.time === undefined ? '' : `${clockText(trace.time, 'utc')} UTC`,
      waterfall: this.#state.waterfall === 'shown' ? this.#rows(trace) : undefined,
    }
  }

  #rows({ name, waterfall }: Trace): readonly WaterfallRow[] {
    const live = waterfall?.rows ?? []
    if (!this.#hasEnded) return live
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
function overlaps(a: Range, b: Range): boolean {
  return a.from < b.to && b.from < a.to
}
