// What happens to input that cannot be read: counted, named, kept if wanted, and the rest goes on.

import type { Place } from '../errors.ts'

/** A piece of input nobody could read. `bytes` may alias the read buffer and is whole only up to a megabyte. */
export interface Reject {
  readonly place: Place
  /** A short constant phrase (`invalid JSON`): rejects are counted by it. */
  readonly reason: string
  /** What exactly, and what was expected. */
  readonly detail?: string
  readonly bytes: Uint8Array
}

/** Takes a reject; throws a DataError where the caller asked to stop at the first. */
export type Rejecter = (reject: Reject) => void
