// What two threads may do with the bytes of a file, a piece at a time, before anybody else has them.

/** Addresses are those in the memory that both threads share, lengths are in bytes. */
export interface PieceWork {
  /** Of a piece. */
  readonly bytes: number
  /** The blocks it is made of. */
  readonly blocks: number
  /** Of as many pieces as there are places: what becomes of them, one after the other. */
  readonly results: number
  readonly resultBytes: number
  readonly places: number
  /** As long as the pieces of all places: a part of it stands for those whose results are at the same place. Nothing lies here. */
  readonly done: Uint8Array
  readonly sides: readonly [PieceSide, PieceSide]
  /** `(base, room, result, bytes from block to block, blocks)` */
  readonly run: (...job: readonly [number, number, number, number, number]) => void
  /**
   * Gives the body of a function of `require`, `run` and the data to the other thread, which has the second of the sides: one
   * at a time.
   */
  readonly lend: (program: string, data: object) => void
}

/** Of a thread: the room that it reads to, as long as a piece. The sums are not finite where the results are no good. */
export interface PieceSide {
  readonly base: number
  readonly sums: Float32Array
  readonly room: Uint8Array
}
