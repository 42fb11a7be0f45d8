// How long ago the rows of a waterfall came, written beside it.

import { decimal } from '../../chart/engineering.ts'
import { make } from './dom.ts'
import type { Waterfall } from './waterfall.ts'

const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600]
/** Pixels that a label has at least for itself. */
const APART = 34
const OFTEN_MS = 100

export class TimeAxis {
  readonly element = make('div', { class: 'times', attributes: { 'aria-hidden': 'true' } })
  #due = 0

  draw(waterfall: Waterfall, now: number): void {
    if (now < this.#due) return
    this.#due = now + OFTEN_MS
    const { rows, canvas } = waterfall
    const oldest = waterfall.rowAt(rows - 1)
    const newest = waterfall.rowAt(0)
    if (!oldest || !newest || rows < 2) {
      this.element.replaceChildren()
      return
    }
    const seconds = (newest.time - oldest.time) / 1000
    const pixels = (rows / canvas.height) * canvas.clientHeight
    const step = STEPS.find(step => (step / seconds) * pixels >= APART) ?? seconds
    const labels: HTMLElement[] = []
    let row = 0
    for (let age = step; age <= seconds; age += step) {
      while (row < rows && newest.time - (waterfall.rowAt(row)?.time ?? 0) < age * 1000) row++
      const label = make('span', { text: `${decimal(-age, Math.min(1, step))} s` })
      label.style.top = `${(row / canvas.height) * canvas.clientHeight}px`
      labels.push(label)
    }
    this.element.replaceChildren(...labels)
  }
}
