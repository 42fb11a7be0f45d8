// The values of one sensor over time, in bounded memory: where there are too many, two become one that spans both.

import type { Range } from './ticks.ts'

/** Values side by side in time: one, or several that were joined. */
export interface Piece {
  /** Milliseconds since 1970 of the first. */
  readonly time: number
  readonly first: number
  readonly least: number
  readonly greatest: number
  /** Nothing is known of the time before it: the curve begins anew. */
  readonly afterGap: boolean
}

const MOST = 8192
/** So many times the usual distance without a value is a gap. */
const SILENCE = 5

export class TimeSeries {
  readonly name: string
  readonly unit: string
  readonly #window: number | undefined
  #pieces: Piece[] = []
  #isBroken = true
  /** Values a piece, and those of the last one. */
  #each = 1
  #held = 0
  #last = Number.NEGATIVE_INFINITY
  #newest: number | undefined

  /** Of a `window` of milliseconds, what is older than the newest by more is left away. */
  constructor(name: string, unit: string, window?: number) {
    this.name = name
    this.unit = unit
    this.#window = window
  }

  get pieces(): readonly Piece[] {
    return this.#pieces
  }

  /** The value of the latest time. */
  get newest(): number | undefined {
    return this.#newest
  }

  /** A value from before the last one is put in its place; so logs that are merged may overlap. */
  add(time: number, value: number): void {
    const last = this.#pieces.at(-1)
    if (time >= this.#last) this.#newest = value
    if (last && this.#held < this.#each && !this.#isBroken && time >= this.#last) {
      this.#pieces[this.#pieces.length - 1] = spanning(last, value, value)
      this.#held++
      this.#last = time
      return
    }
    const piece = { time, first: value, least: value, greatest: value, afterGap: this.#isBroken }
    this.#isBroken = false
    this.#held = 1
    if (time >= this.#last) this.#pieces.push(piece)
    else this.#pieces.splice(this.#placeOf(time), 0, piece)
    this.#last = Math.max(this.#last, time)
    this.#forget()
    if (this.#pieces.length > MOST) this.#join()
  }

  /** What comes next does not follow on what came last. */
  break(): void {
    this.#isBroken = true
  }

  get times(): Range | undefined {
    const [first] = this.#pieces
    return first && { from: first.time, to: this.#last }
  }

  /** Runs of pieces without a gap between them: told, or a silence much longer than the usual distance. */
  runs(): readonly (readonly Piece[])[] {
    const usual = this.#usualDistance()
    const runs: Piece[][] = []
    let before: Piece | undefined
    for (const piece of this.#pieces) {
      const isNew = !before || piece.afterGap || piece.time - before.time >= SILENCE * usual
      if (isNew) runs.push([piece])
      else runs.at(-1)?.push(piece)
      before = piece
    }
    return runs
  }

  /** The median of the distances; a series of few values has no usual distance. */
  #usualDistance(): number {
    const distances = this.#pieces.slice(1).map((piece, k) => piece.time - (this.#pieces[k]?.time ?? piece.time))
    if (distances.length < 4) return Number.POSITIVE_INFINITY
    return distances.sort((a, b) => a - b)[distances.length >> 1] || Number.POSITIVE_INFINITY
  }

  #placeOf(time: number): number {
    let [low, high] = [0, this.#pieces.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#pieces[middle]?.time ?? 0) <= time) low = middle + 1
      else high = middle
    }
    return low
  }

  #forget(): void {
    if (this.#window === undefined) return
    const oldest = this.#last - this.#window
    const keep = this.#pieces.findIndex(({ time }) => time >= oldest)
    if (keep > 0) this.#pieces.splice(0, keep)
  }

  /** Two by two; across a gap only where there are more gaps than a picture could show. */
  #join(): void {
    const joined: Piece[] = []
    const isFull = this.#pieces.filter(({ afterGap }) => afterGap).length > MOST / 4
    for (let k = 0; k < this.#pieces.length; k++) {
      const [a, b] = [this.#pieces[k], this.#pieces[k + 1]]
      if (!a) continue
      if (!b || (b.afterGap && !isFull)) {
        joined.push(a)
        continue
      }
      joined.push(spanning(a, b.least, b.greatest))
      k++
    }
    this.#pieces = joined
    this.#each *= 2
    this.#held = this.#each
  }
}

function spanning(piece: Piece, least: number, greatest: number): Piece {
  return { ...piece, least: Math.min(piece.least, least), greatest: Math.max(piece.greatest, greatest) }
}
