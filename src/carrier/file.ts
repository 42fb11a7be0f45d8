// Files: read whole or followed as they grow; written atomically, appended to, or straight into a device.

import { closeSync, constants, fstatSync, openSync, type Stats, statSync } from 'node:fs'
import { CarrierError, systemReason, UsageError } from '../errors.ts'
import { type Endpoint, flagParam } from '../url.ts'
import { blocksOf } from './blocks.ts'
import type { Carrier, CarrierContext, Channel, Outlet } from './carrier.ts'
import { appendingOutlet, atomicOutlet, parseSync } from './file-outlet.ts'
import { descriptorOutlet, deviceBytes, isStream, socketBytes } from './stdio.ts'

export const file: Carrier = {
  scheme: 'file',
  summary: 'a file; written under a temporary name that becomes PATH at the end, or appended to',
  example: 'PATH',
  params: [
    { name: 'append', summary: 'output: add to the file; a record cut off by a crash is set aside first' },
    {
      name: 'sync',
      argument: 'always|interval|never',
      summary:
        'output: make every write durable, or those of each second, or leave it to the system; default: at the end',
    },
  ],
  async *channels(endpoint, context): AsyncGenerator<Channel> {
    yield { name: endpoint.rest, bytes: fileBytes(endpoint.rest, context) }
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
    if (kind.isFile()) yield* blocksOf(descriptor, context.stop)
    else yield* deviceBytes(descriptor, context.stop)
  } catch (error) {
    throw error instanceof CarrierError ? error : new CarrierError(path, systemReason(error), { cause: error })
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
    throw error instanceof CarrierError ? error : new CarrierError(path, systemReason(error), { cause: error })
  }
}

function fileOutlet(endpoint: Endpoint, context: CarrierContext): Outlet {
  const path = endpoint.rest
  const sync = parseSync(endpoint)
  const kind = statSync(path, { throwIfNoEntry: false })
  if (path === '') throw new UsageError(`${endpoint.text}: expected a path`)
  if (kind?.isDirectory()) throw new CarrierError(path, 'is a directory')
  if (kind && !kind.isFile()) return deviceOutlet(path, kind)
  return flagParam(endpoint, 'append') ? appendingOutlet(path, sync, context) : atomicOutlet(path, sync, context)
}

function deviceOutlet(path: string, kind: Stats): Outlet {
  const descriptor = openSync(path, constants.O_WRONLY | (kind.isFIFO() ? constants.O_NONBLOCK : 0))
  const outlet = descriptorOutlet(descriptor, path)
  if (isStream(kind)) return outlet
  return {
    ...outlet,
    async close() {
      await outlet.close()
      closeSync(descriptor)
    },
  }
}
