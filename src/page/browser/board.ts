// All panels and what they have in common: the levels, what is held, when they are drawn.

import { levelRange, steadyRange } from '../../chart/level-range.ts'
import type { Range } from '../../chart/ticks.ts'
import type { TraceFrame, View } from '../message.ts'
import { type Palette, readPalette } from './palette.ts'
import { Panel } from './panel.ts'

const RATE_MS = 1000

export interface BoardOptions {
  readonly into: HTMLElement
  /** What came is on the screen. */
  readonly onDrawn: () => void
  readonly onRange: (range: Range) => void
  /** Spectra and pictures in a second, of the traces together and of the page. */
  readonly onRate: (spectra: number, pictures: number) => void
}

export class Board {
  readonly #options: BoardOptions
  readonly #panels = new Map<number, Panel>()
  /** Of the levels, by unit. */
  readonly #ranges = new Map<string, Range>()
  #palette: Palette = readPalette()
  #chosen: Range | undefined
  #view: View = { peaks: 0, above: 0 }
  #isPaused = false
  #showHeld = true
  #isDue = false
  #waiting: TraceFrame[] = []
  #counted = { since: performance.now(), spectra: 0, pictures: 0 }

  constructor(options: BoardOptions) {
    this.#options = options
    new ResizeObserver(() => this.#touch()).observe(options.into)
    options.into.addEventListener('stale', () => this.#touch())
  }

  take(frames: readonly TraceFrame[]): void {
    this.#waiting.push(...frames)
    if (!this.#isPaused) this.#plan()
  }

  /** What the next panels show. */
  begin(view: View): void {
    this.#view = view
  }

  /** Another run: nothing that was shown is of it. */
  forget(): void {
    for (const panel of this.#panels.values()) panel.element.remove()
    this.#panels.clear()
    this.#ranges.clear()
    this.#waiting = []
  }

  /** While it is paused nothing is taken; what comes then is the greatest of all that came meanwhile. */
  pause(isPaused: boolean): void {
    this.#isPaused = isPaused
    if (!isPaused && this.#waiting.length > 0) this.#plan()
  }

  showHeld(show: boolean): void {
    this.#showHeld = show
    for (const panel of this.#panels.values()) panel.showHeld(show)
    this.#touch()
  }

  clear(): void {
    for (const panel of this.#panels.values()) panel.clear()
    this.#ranges.clear()
    this.#touch()
  }

  /** Levels for all; without, by the signal. */
  choose(range: Range | undefined): void {
    this.#chosen = range
    this.#touch()
  }

  /** The palette is asked for with every drawing. */
  recolor(): void {
    this.#palette = readPalette()
    this.#touch()
  }

  get size(): number {
    return this.#panels.size
  }

  #touch(): void {
    for (const panel of this.#panels.values()) panel.touch()
    this.#plan()
  }

  #plan(): void {
    if (this.#isDue) return
    this.#isDue = true
    requestAnimationFrame(now => {
      this.#isDue = false
      this.#draw(now)
    })
  }

  #draw(now: number): void {
    const came = this.#isPaused ? [] : this.#waiting
    if (came.length > 0) this.#waiting = []
    for (const frame of came) this.#panelOf(frame).take(frame, now)
    if (came.length > 0) this.#observe()
    for (const panel of this.#panels.values()) panel.draw(this.#rangeOf(panel), now)
    if (came.length === 0) return
    this.#count(came, now)
    this.#options.onDrawn()
  }

  #panelOf(frame: TraceFrame): Panel {
    const known = this.#panels.get(frame.meta.trace)
    if (known) return known
    const panel = new Panel(frame, { palette: () => this.#palette, view: this.#view })
    panel.showHeld(this.#showHeld)
    this.#panels.set(frame.meta.trace, panel)
    this.#options.into.append(panel.element)
    this.#options.into.dataset['panels'] = String(this.#panels.size)
    return panel
  }

  /** Panels of the same unit are on the same levels, so that they can be compared. */
  #observe(): void {
    const byUnit = Map.groupBy(this.#panels.values(), ({ trace }) => trace.meta.unit)
    for (const [unit, panels] of byUnit) {
      const curves = panels.flatMap(({ trace }) => (this.#showHeld ? [trace.latest, trace.held] : [trace.latest]))
      this.#ranges.set(unit, steadyRange(this.#ranges.get(unit), levelRange(curves)))
    }
    const [first] = this.#panels.values()
    if (first && !this.#chosen) this.#options.onRange(this.#rangeOf(first))
  }

  #rangeOf({ trace }: Panel): Range {
    return this.#chosen ?? this.#ranges.get(trace.meta.unit) ?? { from: -120, to: 0 }
  }

  #count(came: readonly TraceFrame[], now: number): void {
    const counted = this.#counted
    counted.pictures++
    for (const { meta } of came) counted.spectra += meta.spectra
    const seconds = (now - counted.since) / 1000
    if (seconds * 1000 < RATE_MS) return
    this.#options.onRate(counted.spectra / seconds, counted.pictures / seconds)
    this.#counted = { since: now, spectra: 0, pictures: 0 }
  }
}
