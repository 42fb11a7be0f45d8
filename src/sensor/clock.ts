// The time as sensors and network see it; tests bring their own.

/** Milliseconds since 1970, with fractions. */
export interface Clock {
  now(): number
  /** Resolves at that time, or as soon as the signal aborts. */
  until(time: number, stop: AbortSignal): Promise<void>
  /** Lets everything that waits for its turn have it. */
  turn(): Promise<void>
}

/** A timer cannot be set further ahead than this. */
export const LONGEST_TIMER = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  until(time, stop) {
    return new Promise(resolve => {
      const done = () => {
        clearTimeout(timer)
        stop.removeEventListener('abort', done)
        resolve()
      }
      // Timers are told in whole milliseconds and may come early by a part of one, never late by choice.
      const wait = () => {
        const left = time - systemClock.now()
        if (left <= 0) done()
        else timer = setTimeout(wait, Math.min(Math.ceil(left), LONGEST_TIMER))
      }
      let timer: NodeJS.Timeout | undefined
      stop.addEventListener('abort', done)
      if (stop.aborted) done()
      else wait()
    })
  },
  turn: () => new Promise(resolve => setImmediate(resolve)),
}
