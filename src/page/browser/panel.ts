// One trace on the page: its chart, its waterfall on the same frequencies, its peaks and what the cursor points at.

import { COLOR_MAP, hex } from '../../chart/color-map.ts'
import { decimal, engineering } from '../../chart/engineering.ts'
import type { Range } from '../../chart/ticks.ts'
import type { Peak } from '../../dsp/measure.ts'
import type { TraceFrame, View } from '../message.ts'
import { ShownTrace } from '../shown-trace.ts'
import { Chart } from './chart.ts'
import { drawing, make } from './dom.ts'
import type { Palette } from './palette.ts'
import { levelText, PeakList } from './peak-list.ts'
import { TimeAxis } from './time-axis.ts'
import { Waterfall } from './waterfall.ts'

/** Words change so often that they can be read. */
const WORDS_MS = 200

export interface PanelOptions {
  readonly palette: () => Palette
  readonly view: View
}

export class Panel {
  readonly trace: ShownTrace
  readonly element: HTMLElement
  readonly #facts = make('p', { class: 'facts' })
  readonly #readout = make('output', { class: 'readout', attributes: { 'aria-live': 'off', 'aria-label': 'Cursor' } })
  readonly #plotBox = make('div', { class: 'plot' })
  readonly #fallBox = make('div', { class: 'fall' })
  readonly #scale = make('canvas', { class: 'scale', attributes: { 'aria-hidden': 'true' } })
  readonly #peakList: PeakList
  readonly #waterfall: Waterfall
  readonly #timeAxis = new TimeAxis()
  readonly #palette: () => Palette
  readonly #view: View
  #chart: Chart
  #peaks: readonly Peak[] = []
  #wordsDue = 0
  #isSaying = false
  #cursor: { readonly bin: number; readonly row?: number } | undefined
  #showHeld = true
  #isStale = true

  constructor(frame: TraceFrame, { palette, view }: PanelOptions) {
    this.#palette = palette
    this.#view = view
    this.trace = new ShownTrace(frame.meta)
    const { title, order } = frame.meta
    const name = title === '' ? 'spectrum' : title
    const canvas = make('canvas', { attributes: { role: 'img', 'aria-label': `Waterfall of ${name}` } })
    this.#waterfall = new Waterfall(canvas)
    this.#peakList = new PeakList(name, view.peaks)
    this.#fallBox.append(canvas, this.#timeAxis.element)
    this.#plotBox.append(this.#scale)
    this.#plotBox.tabIndex = 0
    this.#plotBox.setAttribute('role', 'group')
    this.#plotBox.setAttribute('aria-label', `Spectrum of ${name}: arrow keys move the cursor`)
    const head = make('header', {}, make('h2', { text: name }), this.#facts, this.#readout)
    const pictures = make('div', { class: 'pictures' }, this.#plotBox, this.#fallBox)
    this.element = make(
      'section',
      { class: 'panel', attributes: { 'aria-label': name } },
      head,
      pictures,
      this.#peakList.table,
    )
    this.element.style.order = String(order)
    this.#chart = this.#makeChart()
    this.#listen(canvas)
  }

  /** What came; it is drawn later. */
  take(frame: TraceFrame, now: number): void {
    const { row, isReformed } = this.trace.take(frame)
    if (isReformed) {
      this.#waterfall.clear()
      this.#chart.remove()
      this.#chart = this.#makeChart()
      this.#cursor = undefined
      this.#wordsDue = 0
    }
    this.#waterfall.push(row, this.trace.meta, now)
    this.#isStale = true
  }

  /** Forgets what was held, and the waterfall. */
  clear(): void {
    this.trace.clear()
    this.#waterfall.clear()
    this.#isStale = true
  }

  showHeld(show: boolean): void {
    this.#showHeld = show
    this.#chart.showHeld(show)
    this.#wordsDue = 0
    this.#isStale = true
  }

  /** Something around it has changed: the size, the levels. */
  touch(): void {
    this.#isStale = true
  }

  draw(range: Range, now: number): void {
    if (!this.#isStale) return
    this.#isStale = false
    this.#fit()
    if (now >= this.#wordsDue) this.#say(now)
    else this.#sayLater(this.#wordsDue - now)
    this.#chart.draw(range, this.#peaks)
    this.#waterfall.show(this.#chart.shown, range)
    this.#waterfall.draw()
    this.#timeAxis.draw(this.#waterfall, now)
    this.#tellCursor(now)
  }

  #makeChart(): Chart {
    const chart = new Chart(this.#plotBox, {
      trace: this.trace,
      palette: this.#palette,
      span: this.#view.span,
      onCursor: bin => {
        this.#cursor = bin === undefined ? undefined : { ...this.#cursor, bin }
        this.#tellCursor(performance.now())
      },
      onZoom: () => this.#redraw(),
    })
    chart.showHeld(this.#showHeld)
    return chart
  }

  #fit(): void {
    const { clientWidth: width, clientHeight: height } = this.#plotBox
    this.#chart.resize(width, height)
    const { offsetHeight } = this.#chart.over
    if (this.#scale.height !== offsetHeight) {
      this.#scale.height = offsetHeight
      this.#scale.width = 1
      this.#scale.style.height = `${offsetHeight}px`
      drawScale(this.#scale)
    }
    const { clientWidth, clientHeight } = this.#waterfall.canvas
    this.#waterfall.resize(clientWidth * devicePixelRatio, clientHeight)
  }

  #say(now: number): void {
    this.#wordsDue = now + WORDS_MS
    this.#peaks = this.trace.peaks(this.#view.peaks, this.#view.above)
    this.#peakList.show(this.#peaks, this.trace, this.#showHeld)
    const facts = factsOf(this.trace)
    if (this.#facts.textContent !== facts) this.#facts.textContent = facts
  }

  /** Also when nothing more comes. */
  #sayLater(milliseconds: number): void {
    if (this.#isSaying) return
    this.#isSaying = true
    setTimeout(() => {
      this.#isSaying = false
      this.#redraw()
    }, milliseconds)
  }

  #redraw(): void {
    this.#isStale = true
    this.element.dispatchEvent(new Event('stale', { bubbles: true }))
  }

  #tellCursor(now: number): void {
    const text = this.#cursor ? this.#cursorText(this.#cursor, now) : ''
    if (this.#readout.textContent !== text) this.#readout.textContent = text
  }

  #cursorText({ bin, row }: { readonly bin: number; readonly row?: number }, now: number): string {
    const { frequencies, latest, held, meta } = this.trace
    const frequency = this.trace.text(frequencies[bin] ?? 0, meta.step)
    const fallen = row === undefined ? undefined : this.#waterfall.rowAt(row)
    if (fallen) {
      const age = decimal((now - fallen.time) / 1000, 0.1)
      return `${frequency}  ${levelText(fallen.levels[bin] ?? Number.NaN, meta.unit)}  ${age} s ago`
    }
    const max = this.#showHeld ? `  max ${levelText(held[bin] ?? Number.NaN, meta.unit)}` : ''
    return `${frequency}  ${levelText(latest[bin] ?? Number.NaN, meta.unit)}${max}`
  }

  #listen(canvas: HTMLCanvasElement): void {
    canvas.addEventListener('pointermove', ({ offsetX, offsetY }) => {
      const { from, to } = this.#chart.shown
      const bin = this.trace.binAt(from + (offsetX / canvas.clientWidth) * (to - from))
      if (bin === undefined) return
      const row = Math.floor((offsetY / canvas.clientHeight) * canvas.height)
      this.#cursor = { bin, row }
      this.#chart.point(bin)
    })
    canvas.addEventListener('pointerleave', () => {
      this.#cursor = undefined
      this.#chart.point(undefined)
    })
    this.#plotBox.addEventListener('pointermove', () => {
      if (this.#cursor) this.#cursor = { bin: this.#cursor.bin }
    })
    this.#plotBox.addEventListener('keydown', event => {
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
      if (by === undefined && event.key !== 'Home' && event.key !== 'Escape') return
      event.preventDefault()
      if (event.key === 'Home') this.#chart.reset()
      if (event.key === 'Escape') this.#chart.point(undefined)
      if (by === undefined) return
      const { bins } = this.trace.meta
      const from = this.#cursor?.bin ?? this.#peaks[0]?.bin ?? Math.floor(bins / 2)
      const step = event.shiftKey ? Math.max(1, Math.round(bins / 100)) : 1
      this.#chart.point(Math.min(bins - 1, Math.max(0, from + by * step)))
    })
  }
}

function factsOf({ meta }: ShownTrace): string {
  const { start, step, bins, joined, axisUnit, resolution } = meta
  const span = step * bins
  const middle = start + Math.floor(bins / 2) * step
  const words = [
    `center ${engineering(middle, axisUnit, span / 1000)}`,
    `span ${engineering(span, axisUnit, span / 100)}`,
    ...(axisUnit === 'Hz' ? [`RBW ${engineering(resolution, axisUnit, resolution / 100)}`] : []),
    `${bins * joined} bins`,
  ]
  return words.join(' · ')
}

/** The colours of the levels beside them. */
function drawScale(canvas: HTMLCanvasElement): void {
  const context = drawing(canvas)
  for (let y = 0; y < canvas.height; y++) {
    const shade = Math.round((1 - y / (canvas.height - 1)) * 255)
    context.fillStyle = hex(COLOR_MAP[shade] ?? [0, 0, 0])
    context.fillRect(0, y, 1, 1)
  }
}
