// Connecting to an engine until it is there.

import { backOff, isPassing, pause } from '../../carrier/socket.ts'
import { CarrierError, systemReason } from '../../errors.ts'
import { formatDuration } from '../../units.ts'

/** The engine cannot be reached now, and may be later. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable'
}

interface Closes {
  close(): Promise<void>
}

export interface Patience {
  /** The engine's URL as it may be printed. */
  readonly name: string
  /** Milliseconds of trying before it is given up. */
  readonly wait: number
  readonly stop: AbortSignal
  readonly warn: (message: string) => void
}

/** Tries again with growing, jittered pauses, and says so once. Gives nothing if stopped before it is connected. */
export async function reach<Link extends Closes>(
  open: () => Promise<Link>,
  { name, wait, stop, warn }: Patience,
): Promise<Link | undefined> {
  const begun = performance.now()
  for (let attempt = 0; !stop.aborted; attempt++) {
    try {
      return await unlessStopped(open(), stop)
    } catch (error) {
      const reason = passingReason(error)
      if (reason === undefined) throw error
      const left = begun + wait - performance.now()
      if (left <= 0) {
        throw new CarrierError(name, wait > 0 ? `${reason} for ${formatDuration(wait)}` : reason, { cause: error })
      }
      if (attempt === 0) warn(`${name}: ${reason}, trying again`)
      await pause(Math.min(left, backOff(attempt)), stop)
    }
  }
  return undefined
}

/** A connection that comes after the stop is closed. */
async function unlessStopped<Link extends Closes>(
  opening: Promise<Link>,
  stop: AbortSignal,
): Promise<Link | undefined> {
  const { promise: stopped, end } = whenAborted(stop)
  try {
    const first = await Promise.race([opening, stopped])
    if (first) return first
    opening.then(
      link => link.close(),
      () => {},
    )
    return undefined
  } finally {
    end()
  }
}

function whenAborted(stop: AbortSignal): { readonly promise: Promise<undefined>; readonly end: () => void } {
  let onAbort = () => {}
  const promise = new Promise<undefined>(resolve => {
    onAbort = () => resolve(undefined)
    stop.addEventListener('abort', onAbort)
  })
  return { promise, end: () => stop.removeEventListener('abort', onAbort) }
}

/** Connections that hold for less are made again ever more slowly. */
const SHORT_MS = 5000

/** When a connection that was lost is made again: at once, unless such do not last. */
export class Comebacks {
  #begun = performance.now()
  #short = 0

  /** There is a connection. */
  begin(): void {
    this.#begun = performance.now()
  }

  /** After it was lost: resolves when it is time, or when stopped. */
  async wait(stop: AbortSignal): Promise<void> {
    this.#short = performance.now() - this.#begun < SHORT_MS ? this.#short + 1 : 0
    if (this.#short > 1) await pause(backOff(this.#short), stop)
  }
}

/** Why it failed, if the same may succeed later. */
function passingReason(error: unknown): string | undefined {
  if (error instanceof Unreachable) return error.message
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    // Several addresses of a host were tried.
    const first: unknown = cause instanceof AggregateError ? cause.errors[0] : cause
    if (isPassing(first)) return systemReason(first)
  }
  return undefined
}
