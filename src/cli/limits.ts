// When a run ends by itself: after a count, a duration, a timeout, or silence.

import { TimedOut } from '../errors.ts'
import type { Batch } from '../packet.ts'
import type { Source } from '../stream/step.ts'
import { Timer } from '../timer.ts'
import { formatDuration } from '../units.ts'

export interface Limits {
  readonly count?: number | undefined
  readonly duration?: number | undefined
  readonly timeout?: number | undefined
  readonly 'idle-timeout'?: number | undefined
}

/**
 * The source with its ends. What came before an end is drained as at any other end; the TimedOut is thrown after
 * the last batch has been handed on. A timeout runs on while what came is brought to its end: it aborts `stop`, whoever
 * holds that ends a run that does not.
 */
export function limited(source: Source, limits: Limits, stop: AbortController): Source {
  const { count, duration, timeout, 'idle-timeout': idle } = limits
  const isLimited = [count, duration, timeout, idle].some(limit => limit !== undefined)
  return isLimited ? limit(source, limits, stop) : source
}

async function* limit(source: Source, limits: Limits, stop: AbortController): AsyncGenerator<Batch> {
  let late: TimedOut | undefined
  const giveUp = (reason: string) => {
    late ??= new TimedOut(reason)
    stop.abort('timeout')
  }
  const { count = Number.POSITIVE_INFINITY, duration, timeout } = limits
  const idle = limits['idle-timeout']
  const end = duration === undefined ? undefined : new Timer(duration, () => stop.abort('duration'))
  const whole =
    timeout === undefined ? undefined : new Timer(timeout, () => giveUp(`timed out after ${formatDuration(timeout)}`))
  let waiting = true
  // Only waiting for input is idleness: while the sink is busy the clock stands still.
  const silence = idle === undefined ? undefined : new Timer(idle, onSilence)
  function onSilence(): void {
    if (waiting) giveUp(`nothing came for ${formatDuration(idle ?? 0)}`)
    else silence?.restart()
  }
  let seen = 0
  try {
    if (count === 0) return
    for await (const batch of source) {
      waiting = false
      if (seen + batch.length === count) return yield batch
      if (seen + batch.length > count) {
        // What is cut away goes nowhere, so it is not acknowledged: whoever sent it keeps it.
        return yield batch.part?.(count - seen) ?? batch.slice(0, count - seen)
      }
      seen += batch.length
      yield batch
      waiting = true
      silence?.restart()
    }
    if (late) throw late
  } finally {
    end?.stop()
    silence?.stop()
    whole?.unref()
  }
}
