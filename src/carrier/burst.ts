// The bytes of a pipe for a taker that gives room for them: all that are ready together come as one piece.

import { Socket } from 'node:net'
import type { CarrierContext, Transient } from './carrier.ts'
import { carrierError } from './failure.ts'
import { Inbox } from './inbox.ts'

/** What a pipe holds, and so gives at most at once. */
const PIPE_READ = 64 * 1024
/** Where the taker gives no room. */
const ROOM = 256 * 1024

export interface BurstOptions {
  readonly transient: Transient
  /** Whether a reason to stop ends these bytes at once. */
  endsBy(reason: unknown): boolean
}

/**
 * The descriptor belongs to the iterator. Reads go behind each other into the taker's room until nothing more is ready: most
 * of the cost of a pipe is the way of each piece through the process.
 */
export function burstBytes(
  descriptor: number,
  name: string,
  { stop, closed }: Pick<CarrierContext, 'stop' | 'closed'>,
  { transient, endsBy }: BurstOptions,
): AsyncIterable<Uint8Array> {
  const own = new Uint8Array(ROOM)
  const read = new Uint8Array(PIPE_READ)
  let room: Uint8Array = own
  let filled = 0
  /** Pieces that the taker has, or that wait for it. */
  let given = 0
  let isDue = false

  function give(): void {
    isDue = false
    if (filled === 0) return
    const bytes = room.subarray(0, filled)
    filled = 0
    hand(bytes)
  }
  function hand(bytes: Uint8Array): boolean {
    given++
    return inbox.push(bytes)
  }
  function put(bytes: Uint8Array): void {
    if (filled === 0) {
      const offered = transient.places?.()?.room?.()
      room = offered && offered.length >= PIPE_READ ? offered : own
    }
    room.set(bytes, filled)
    filled += bytes.length
    if (room.length - filled < PIPE_READ) give()
    else if (!isDue) {
      isDue = true
      setImmediate(give)
    }
  }
  const onread = {
    // Not the room itself: where the next read goes is asked for before the taker has what lies there.
    buffer: read,
    callback: (length: number) => {
      const bytes = read.subarray(0, length)
      // Only a taker that has nothing left to take knows where the next piece should lie.
      if (given > 0) return hand(bytes.slice())
      put(bytes)
      return true
    },
  }
  // Its type does not know all that the constructor takes, which a variable's does not check.
  const options = { fd: descriptor, readable: true, writable: false, onread }
  const socket = new Socket(options)
  const end = (error?: Error) => {
    give()
    inbox.end(error)
  }
  const onStop = () => {
    if (closed?.aborted || endsBy(stop.reason)) end()
  }
  const inbox = new Inbox({
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    done: () => {
      given--
    },
    close: () => {
      stop.removeEventListener('abort', onStop)
      closed?.removeEventListener('abort', onStop)
      socket.destroy()
    },
  })
  socket.on('end', () => end())
  socket.on('error', error => end(carrierError(name, error)))
  stop.addEventListener('abort', onStop)
  closed?.addEventListener('abort', onStop)
  if (stop.aborted || closed?.aborted) onStop()
  else socket.resume()
  return inbox
}
