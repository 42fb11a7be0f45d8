// The exit codes, and which one an error means.

import { ReaderGone, TimedOut, UsageError } from '../errors.ts'

export interface ExitCode {
  readonly code: number
  readonly meaning: string
}

export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  lost: 3,
  timedOut: 124,
  interrupted: 130,
  readerGone: 141,
  terminated: 143,
} as const

export const EXIT_CODES: readonly ExitCode[] = [
  { code: EXIT.done, meaning: 'done' },
  { code: EXIT.failed, meaning: 'failed: a message on stderr says what, where and what was expected' },
  { code: EXIT.usage, meaning: 'wrong usage: an unknown option, scheme or value' },
  {
    code: EXIT.lost,
    meaning: 'finished, but packets were lost, dropped or rejected: the summary counts them by reason',
  },
  { code: EXIT.timedOut, meaning: 'timed out (--timeout, --idle-timeout)' },
  { code: EXIT.interrupted, meaning: 'ended at once by a second SIGINT' },
  { code: EXIT.readerGone, meaning: 'the reader of stdout went away, as for any filter' },
  { code: EXIT.terminated, meaning: 'ended at once by a second SIGTERM' },
]

export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return EXIT.usage
  if (error instanceof ReaderGone) return EXIT.readerGone
  if (error instanceof TimedOut) return EXIT.timedOut
  return EXIT.failed
}
