// Signals: the first INT or TERM stops the sources and drains, the second ends now; HUP reopens; USR1 reports.

import { EXIT } from './exit.ts'

export interface SignalHandlers {
  /** Aborts when the sources shall end; the reason is the signal's name. */
  readonly stop: AbortController
  /** What has to happen on HUP. Where nobody wants it, the terminal is gone and HUP stops as TERM does. */
  readonly hangups: Set<() => void>
  readonly report: () => void
}

export function installSignals({ stop, hangups, report }: SignalHandlers): void {
  let asked = 0
  const end = (signal: 'SIGINT' | 'SIGTERM') => {
    if (++asked > 1) process.exit(signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated)
    stop.abort(signal)
  }
  process.on('SIGINT', () => end('SIGINT'))
  process.on('SIGTERM', () => end('SIGTERM'))
  process.on('SIGHUP', () => {
    if (hangups.size === 0) end('SIGTERM')
    else for (const reopen of hangups) reopen()
  })
  process.on('SIGUSR1', report)
}
