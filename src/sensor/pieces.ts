// Messages on their way through the network: runs of whole messages that nobody has parsed.

const NEWLINE = 0x0a

/** Consecutive messages of one sensor. The m-th of them was due at time + m · step. */
export interface Piece {
  readonly sensor: number
  /** The number of the first message, counted from 0 for each sensor. */
  readonly seq: number
  /** 0 where the piece is a word of the network's own, such as a gap record. */
  readonly count: number
  readonly time: number
  readonly step: number
  /** Lines, each with its newline; or, if `metaLength` is not 0, one frame: its meta as JSON, then its data. */
  readonly bytes: Uint8Array
  readonly metaLength: number
}

/** The first `count` messages and the rest; only lines can be split. */
export function splitPiece(piece: Piece, count: number): readonly [Piece, Piece] {
  const { bytes, seq, time, step } = piece
  let end = 0
  for (let line = 0; line < count; line++) end = bytes.indexOf(NEWLINE, end) + 1
  return [
    { ...piece, count, bytes: bytes.subarray(0, end) },
    {
      ...piece,
      count: piece.count - count,
      bytes: bytes.subarray(end),
      seq: seq + count,
      time: time + count * step,
    },
  ]
}

/** What waits for the network at one sensor's door, oldest first. */
export class PieceQueue {
  #pieces: Piece[] = []
  #first = 0
  /** Messages held. */
  count = 0

  get head(): Piece | undefined {
    return this.#pieces[this.#first]
  }

  push(piece: Piece): void {
    this.#pieces.push(piece)
    this.count += piece.count
  }

  /** At most so many of the oldest messages, as far as they hang together. */
  take(most: number): Piece | undefined {
    const head = this.head
    if (head === undefined) return undefined
    if (head.count > most) {
      const [taken, rest] = splitPiece(head, most)
      this.#pieces[this.#first] = rest
      this.count -= most
      return taken
    }
    this.#first++
    if (this.#first === this.#pieces.length || this.#first >= 1024) {
      this.#pieces = this.#pieces.slice(this.#first)
      this.#first = 0
    }
    this.count -= head.count
    return head
  }

  /** Takes the newest messages off, one piece at most; fewer than asked for where they do not hang together. */
  takeNewest(most: number): Piece | undefined {
    const last = this.#pieces.at(-1)
    if (last === undefined || this.#first === this.#pieces.length) return undefined
    if (last.count > most) {
      const [rest, taken] = splitPiece(last, last.count - most)
      this.#pieces[this.#pieces.length - 1] = rest
      this.count -= most
      return taken
    }
    this.#pieces.pop()
    this.count -= last.count
    return last
  }
}
