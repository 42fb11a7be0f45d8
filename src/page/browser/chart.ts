// The spectrum as a chart: the last levels, what is held, peaks marked; drag to zoom, twice for all of it.

import uPlot from 'uplot'
import { decimal, prefixFor } from '../../chart/engineering.ts'
import type { Range } from '../../chart/ticks.ts'
import type { Peak } from '../../dsp/measure.ts'
import type { ShownTrace } from '../shown-trace.ts'
import type { Palette } from './palette.ts'

/** Pixels beside the plot: the level axis on the left, the colours on the right. */
export const GUTTER = { left: 52, right: 30 } as const
const TICK_LENGTH = 5
const BETWEEN_FREQUENCIES = 90
const BETWEEN_LEVELS = 32
const HELD = 1
const LIVE = 2

export interface ChartOptions {
  readonly trace: ShownTrace
  readonly palette: () => Palette
  /** The frequencies that are shown at first; without, all of them. */
  readonly span: Range | undefined
  /** A bin is pointed at, or none any more. */
  readonly onCursor: (bin: number | undefined) => void
  /** Others are shown. */
  readonly onZoom: () => void
}

export class Chart {
  readonly #options: ChartOptions
  readonly #plot: uPlot
  #range: Range = { from: -120, to: 0 }
  #peaks: readonly Peak[] = []

  constructor(into: HTMLElement, options: ChartOptions) {
    this.#options = options
    const { frequencies } = options.trace
    this.#plot = new uPlot(this.#settings(), [frequencies, [], []], into)
    const { span } = options
    if (span) this.#plot.setScale('x', { min: span.from, max: span.to })
    else this.reset()
  }

  get over(): HTMLElement {
    return this.#plot.over
  }

  /** The frequencies that are shown. */
  get shown(): Range {
    const { min = 0, max = 1 } = this.#plot.scales['x'] ?? {}
    return { from: min, to: max }
  }

  resize(width: number, height: number): void {
    const { width: before, height: high } = this.#plot
    if (width !== before || height !== high) this.#plot.setSize({ width, height })
  }

  showHeld(show: boolean): void {
    if (this.#plot.series[HELD]?.show !== show) this.#plot.setSeries(HELD, { show })
  }

  draw(range: Range, peaks: readonly Peak[]): void {
    const { frequencies, latest, held } = this.#options.trace
    this.#peaks = peaks
    const isMoved = range.to !== this.#range.to || range.from !== this.#range.from
    this.#range = range
    this.#plot.setData([frequencies, finite(held), finite(latest)], false)
    if (isMoved) this.#plot.setScale('y', { min: range.from, max: range.to })
    else this.#plot.redraw(true, false)
  }

  /** All frequencies. */
  reset(): void {
    const { start, step, bins } = this.#options.trace.meta
    this.#plot.setScale('x', { min: start - step / 2, max: start + (bins - 0.5) * step })
  }

  /** Puts the cursor on a bin; nothing takes it away. */
  point(bin: number | undefined): void {
    const frequency = bin === undefined ? undefined : this.#options.trace.frequencies[bin]
    const left = frequency === undefined ? -10 : this.#plot.valToPos(frequency, 'x')
    const level = this.#options.trace.latest[bin ?? 0] ?? this.#range.from
    this.#plot.setCursor({ left, top: frequency === undefined ? -10 : this.#plot.valToPos(level, 'y') })
  }

  remove(): void {
    this.#plot.destroy()
  }

  #settings(): uPlot.Options {
    const { palette, onCursor, onZoom } = this.#options
    const line = { points: { show: false }, spanGaps: false }
    return {
      width: 600,
      height: 300,
      padding: [10, GUTTER.right, 0, 0],
      legend: { show: false },
      scales: { x: { time: false, auto: false }, y: { auto: false, range: () => [this.#range.from, this.#range.to] } },
      series: [
        {},
        { ...line, label: 'held', stroke: () => palette().held, width: 1 },
        {
          ...line,
          label: 'live',
          stroke: () => palette().live,
          fill: () => palette().fill,
          fillTo: () => this.#range.from,
          width: 1.25,
        },
      ],
      axes: [this.#frequencyAxis(), this.#levelAxis()],
      cursor: {
        points: { size: 7, width: 1.5, fill: (_, series) => (series === LIVE ? palette().live : palette().held) },
        drag: { x: true, y: false, dist: 6 },
      },
      hooks: {
        setCursor: [
          ({ cursor }) =>
            onCursor(cursor.left === undefined || cursor.left < 0 ? undefined : (cursor.idx ?? undefined)),
        ],
        setScale: [(_, key) => key === 'x' && onZoom()],
        draw: [plot => this.#nameUnit(plot), plot => this.#markPeaks(plot)],
      },
    }
  }

  #frequencyAxis(): uPlot.Axis {
    const { palette, trace } = this.#options
    return {
      stroke: () => palette().faint,
      font: palette().font,
      size: 34,
      space: BETWEEN_FREQUENCIES,
      grid: { stroke: () => palette().grid, width: 1 },
      ticks: { stroke: () => palette().grid, width: 1, size: TICK_LENGTH },
      values: (_, splits) => {
        const [first = 0, second = first] = splits
        const greatest = Math.max(...splits.map(Math.abs))
        const { axisUnit } = trace.meta
        const { factor, prefix } = prefixFor(greatest, axisUnit)
        const texts = splits.map(value => decimal(value / factor, (second - first) / factor))
        return texts.map((text, at) => (at === texts.length - 1 ? `${text} ${prefix}${axisUnit}` : text))
      },
    }
  }

  #levelAxis(): uPlot.Axis {
    const { palette } = this.#options
    return {
      stroke: () => palette().faint,
      font: palette().font,
      size: GUTTER.left,
      space: BETWEEN_LEVELS,
      incrs: [1, 2, 5, 10, 20, 50, 100],
      grid: { stroke: () => palette().grid, width: 1 },
      ticks: { stroke: () => palette().grid, width: 1, size: TICK_LENGTH },
      values: (_, splits) => splits.map(value => decimal(value, 1)),
    }
  }

  #nameUnit({ ctx, bbox }: uPlot): void {
    const { faint, font } = this.#options.palette()
    ctx.save()
    ctx.fillStyle = faint
    ctx.font = onScreen(font)
    ctx.textBaseline = 'top'
    ctx.textAlign = 'left'
    ctx.fillText(this.#options.trace.meta.unit, bbox.left + 6 * devicePixelRatio, bbox.top + 5 * devicePixelRatio)
    ctx.restore()
  }

  /** A number above each peak that is in sight. */
  #markPeaks(plot: uPlot): void {
    const { ctx, bbox } = plot
    const { mark, font } = this.#options.palette()
    const { from, to } = this.shown
    const pixel = devicePixelRatio
    ctx.save()
    ctx.fillStyle = mark
    ctx.font = onScreen(font)
    ctx.textAlign = 'center'
    ctx.textBaseline = 'alphabetic'
    for (const [at, { frequency, level }] of this.#peaks.entries()) {
      if (frequency < from || frequency > to) continue
      const x = plot.valToPos(frequency, 'x', true)
      const y = Math.max(bbox.top + 20 * pixel, plot.valToPos(level, 'y', true) - 4 * pixel)
      ctx.beginPath()
      ctx.moveTo(x, y)
      ctx.lineTo(x - 4 * pixel, y - 6 * pixel)
      ctx.lineTo(x + 4 * pixel, y - 6 * pixel)
      ctx.fill()
      ctx.fillText(String(at + 1), x, y - 8 * pixel)
    }
    ctx.restore()
  }
}

/** A font in the pixels of the screen. */
function onScreen(font: string): string {
  return font.replace(/^\d+/, size => String(Math.round(Number(size) * devicePixelRatio)))
}

/** As the chart wants it: what is no number, or no power at all, is a hole. */
function finite(levels: Float32Array): (number | null)[] | Float32Array {
  return levels.every(Number.isFinite) ? levels : Array.from(levels, level => (Number.isFinite(level) ? level : null))
}
