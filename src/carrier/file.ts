// Files: read whole or followed as they grow; written atomically, appended to, or straight into a device.

import { closeSync, constants, fstatSync, openSync, type Stats, statSync } from 'node:fs'
import { CarrierError, UsageError } from '../errors.ts'
import { type Endpoint, flagParam } from '../url.ts'
import { blocksOf } from './blocks.ts'
import type { Carrier, CarrierContext, Channel, Outlet } from './carrier.ts'
import { carrierError, inWords } from './failure.ts'
import { pipeOutlet } from './fifo.ts'
import { appendingOutlet, atomicOutlet, parseSync } from './file-outlet.ts'
import { followed } from './follow.ts'
import { descriptorOutlet, deviceBytes, isStream, socketBytes } from './stdio.ts'

export const file: Carrier = {
  scheme: 'file',
  summary: 'a file; written under a temporary name that becomes PATH at the end, or appended to',
  example: 'PATH',
  single: ({ params }) => !params.has('follow'),
  params: [
    { name: 'follow', summary: 'input: go on as the file grows, is renamed, made again or cut short' },
    { name: 'append', summary: 'output: add to the file; a record cut off by a crash is set aside first' },
    {
      name: 'sync',
      argument: 'always|interval|never',
      summary:
        'output: make every write durable, or those of each second, or leave it to the system; default: at the end',
    },
  ],
  async *channels(endpoint, context): AsyncGenerator<Channel> {
    if (flagParam(endpoint, 'follow')) yield* followed(endpoint.rest, context)
    else yield { name: endpoint.rest, bytes: fileBytes(endpoint.rest, context) }
  },
  async outlet(endpoint, context) {
    return fileOutlet(endpoint, context)
  },
}

async function* fileBytes(path: string, context: CarrierContext): AsyncGenerator<Uint8Array> {
  const descriptor = openToRead(path)
  const kind = fstatSync(descriptor)
  // The socket owns the descriptor.
  if (isStream(kind)) return yield* socketBytes(descriptor, path, context)
  try {
    if (kind.isFile()) yield* blocksOf(descriptor, context)
    else yield* deviceBytes(descriptor, context.stop)
  } catch (error) {
    throw carrierError(path, error)
  } finally {
    closeSync(descriptor)
  }
}

/** A named pipe must not make everybody wait for its writer, so nothing is opened blocking. */
function openToRead(path: string): number {
  try {
    const kind = statSync(path)
    if (kind.isDirectory()) throw new CarrierError(path, 'is a directory')
    return openSync(path, kind.isFIFO() ? constants.O_RDONLY | constants.O_NONBLOCK : constants.O_RDONLY)
  } catch (error) {
    throw carrierError(path, error)
  }
}

async function fileOutlet(endpoint: Endpoint, context: CarrierContext): Promise<Outlet> {
  const path = endpoint.rest
  const sync = parseSync(endpoint)
  if (path === '') throw new UsageError(`${endpoint.text}: expected a path`)
  const kind = kindOf(path)
  if (kind && !kind.isFile()) return deviceOutlet(path, kind, context)
  return flagParam(endpoint, 'append') ? appendingOutlet(path, sync, context) : atomicOutlet(path, sync, context)
}

/** For what is made whole and written at once: a file takes its name when it is there, anything else gets it as it is. */
export async function wholeOutlet(path: string, context: Pick<CarrierContext, 'stop' | 'warn'>): Promise<Outlet> {
  const kind = kindOf(path)
  return kind && !kind.isFile() ? deviceOutlet(path, kind, context) : atomicOutlet(path, 'end', context)
}

function kindOf(path: string): Stats | undefined {
  const kind = inWords(path, () => statSync(path, { throwIfNoEntry: false }))
  if (kind?.isDirectory()) throw new CarrierError(path, 'is a directory')
  return kind
}

async function deviceOutlet(path: string, kind: Stats, { stop }: Pick<CarrierContext, 'stop'>): Promise<Outlet> {
  if (kind.isFIFO()) return pipeOutlet(path, stop)
  const descriptor = inWords(path, () => openSync(path, constants.O_WRONLY))
  return descriptorOutlet(descriptor, path, { owned: true })
}
