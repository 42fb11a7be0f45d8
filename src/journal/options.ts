// How a journal is kept.

/**
 * When what was added counts as kept: `always`, when the disk has it (one sync for all that has gathered meanwhile);
 * `interval`, when the system has it, which survives a kill of this program, and the disk has it within `syncEvery`;
 * `never`, when the system has it, which writes to the disk as it likes.
 */
export type JournalSync = 'always' | 'interval' | 'never'

export interface JournalOptions {
  readonly folder: string
  readonly sync: JournalSync
  /** Milliseconds, for `interval`; default 1000. */
  readonly syncEvery?: number
  /** Bytes from which on a file is followed by another; default 64 MiB. */
  readonly segment?: number
  /** Bytes of all files: the oldest are removed beyond it, never the last. */
  readonly keepBytes?: number
  /** Milliseconds since the last record of a file, after which the file is removed. */
  readonly keepFor?: number
  /** Files with packets from this offset on are not removed. */
  readonly hold?: () => number
  /** Bytes that may wait to be written before `isFull`; default 16 MiB. */
  readonly waiting?: number
  /** Told of what was found cut short, damaged, removed. */
  readonly warn: (message: string) => void
  /** Epoch milliseconds. */
  readonly now?: () => number
}
