// The messages in flight: taken from their sensors, not yet delivered, in the order in which they will arrive.

import type { Piece } from './pieces.ts'

interface Flying {
  readonly piece: Piece
  readonly due: number
}

export class Flight {
  #flying: Flying[] = []
  /** Messages in flight now. */
  count = 0

  /** Those due at the same time arrive in the order in which they were taken. */
  add(piece: Piece, due: number): void {
    let place = this.#flying.length
    while (place > 0 && (this.#flying[place - 1]?.due ?? 0) > due) place--
    this.#flying.splice(place, 0, { piece, due })
    this.count += piece.count
  }

  /** When the next arrives. */
  get due(): number {
    return this.#flying[0]?.due ?? Number.POSITIVE_INFINITY
  }

  get empty(): boolean {
    return this.#flying.length === 0
  }

  take(): Piece | undefined {
    const first = this.#flying.shift()
    this.count -= first?.piece.count ?? 0
    return first?.piece
  }
}
