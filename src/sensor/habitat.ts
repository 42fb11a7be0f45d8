// Where sensors live: each in a process of its own, in a thread, or here.

import { UsageError } from '../errors.ts'
import { inPlace } from './in-place.ts'
import { type Connection, inProcesses } from './in-processes.ts'
import { inThreads } from './in-threads.ts'
import type { Habitat } from './running.ts'

export const ISOLATIONS = ['process', 'thread', 'none'] as const
export type Isolation = (typeof ISOLATIONS)[number]

export function openHabitat(isolation: Isolation, connection: Connection): Habitat {
  if (isolation === 'process') return inProcesses(connection)
  if (connection !== 'pipe') {
    throw new UsageError(`--connection ${connection} needs --isolation process: others need no connection`)
  }
  return isolation === 'thread' ? inThreads() : inPlace()
}
