// The three ways a command fails: asked wrongly, given bad data, cut off from a carrier.

/** The command line, a URL or an option is wrong: exit 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Where bad data was found. Lines count from 1, offsets are bytes from the start of the source. */
export interface Place {
  readonly source: string
  readonly line?: number
  readonly offset?: number
}

export function placeText(place: Place): string {
  const line = place.line === undefined ? '' : `:${place.line}`
  const offset = place.offset === undefined ? '' : ` (byte ${place.offset})`
  return `${place.source}${line}${offset}`
}

/** A record cannot be read as what it should be. */
export class DataError extends Error {
  override readonly name = 'DataError'
  readonly place: Place
  readonly reason: string
  constructor(place: Place, reason: string, options?: ErrorOptions) {
    super(`${placeText(place)}: ${reason}`, options)
    this.place = place
    this.reason = reason
  }
}

/** A file, pipe, connection or store failed: `where` is its URL, without secrets. */
export class CarrierError extends Error {
  override readonly name = 'CarrierError'
  readonly where: string
  constructor(where: string, reason: string, options?: ErrorOptions) {
    super(`${where}: ${reason}`, options)
    this.where = where
  }
}

/** The reader of stdout went away: not worth a word, exit 141. */
export class ReaderGone extends Error {
  override readonly name = 'ReaderGone'
}

/** Nothing came within `--timeout` or `--idle-timeout`: exit 124. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut'
}

const SYSTEM_REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  ENOSPC: 'no space left on device',
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by peer',
  EADDRINUSE: 'address already in use',
  EISDIR: 'is a directory',
  ENOTDIR: 'not a directory',
  EPIPE: 'the reader went away',
  ENOTFOUND: 'host not found',
  EROFS: 'read-only file system',
  EFBIG: 'file too large',
  EDQUOT: 'disk quota exceeded',
}

export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** An error of the operating system in words, without the system call's noise. */
export function systemReason(error: unknown): string {
  const code = errorCode(error)
  if (code !== undefined && SYSTEM_REASONS[code] !== undefined) return SYSTEM_REASONS[code]
  return error instanceof Error ? error.message : String(error)
}
