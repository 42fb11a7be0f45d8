// Statistics of a running command as ndjson: `--stats`, SIGUSR1 and the end.

import type { Ledger } from '../stream/ledger.ts'

export interface Statistics {
  readonly command: string
  readonly pid: number
  readonly timestamp: string
  readonly uptime_ms: number
  readonly rss: number
  readonly stages: ReturnType<Ledger['report']>
}

export function statistics(command: string, ledger: Ledger): string {
  const stats: Statistics = {
    command,
    pid: process.pid,
    timestamp: new Date().toISOString(),
    uptime_ms: Math.round(performance.now()),
    rss: process.memoryUsage.rss(),
    stages: ledger.report(),
  }
  return JSON.stringify({ stats })
}
