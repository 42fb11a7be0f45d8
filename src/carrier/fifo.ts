// Named pipes, opened without making anybody else wait for the other side.

import { constants, openSync, statSync } from 'node:fs'
import { setTimeout as after } from 'node:timers/promises'
import { CarrierError, errorCode, UsageError } from '../errors.ts'
import { type Endpoint, flagParam } from '../url.ts'
import type { Carrier, CarrierContext, Channel, Outlet } from './carrier.ts'
import { carrierError, inWords } from './failure.ts'
import { descriptorOutlet, socketBytes } from './stdio.ts'

/** A writer asks this often at most whether a reader has come. */
const LONGEST_RETRY_MS = 100

export const fifo: Carrier = {
  scheme: 'fifo',
  summary: 'a named pipe, made if it is missing',
  example: 'fifo:PATH',
  params: [{ name: 'keep', summary: 'input: wait for the next writer when all have gone' }],
  async *channels(endpoint, context): AsyncGenerator<Channel> {
    const path = await existing(endpoint)
    // Who may write himself never sees the end that comes with the last writer.
    const access = flagParam(endpoint, 'keep') ? constants.O_RDWR : constants.O_RDONLY
    const descriptor = inWords(path, () => openSync(path, access | constants.O_NONBLOCK))
    yield { name: endpoint.text, bytes: socketBytes(descriptor, path, context) }
  },
  async outlet(endpoint, context) {
    const path = await existing(endpoint)
    return pipeOutlet(path, context.stop)
  },
}

async function existing(endpoint: Endpoint): Promise<string> {
  const path = endpoint.rest
  if (path === '') throw new UsageError(`${endpoint.text}: expected fifo:PATH`)
  const kind = inWords(path, () => statSync(path, { throwIfNoEntry: false }))
  if (kind?.isFIFO()) return path
  if (kind) throw new CarrierError(path, 'exists and is no named pipe')
  try {
    await make(path)
  } catch (error) {
    // Another process may have been faster.
    if (!statSync(path, { throwIfNoEntry: false })?.isFIFO()) {
      throw new CarrierError(path, 'cannot be made a named pipe', { cause: error })
    }
  }
  return path
}

/** Waits for a reader, unless stopped, and writes to it. Its leaving is an error, since the packets were for it. */
export async function pipeOutlet(path: string, stop: CarrierContext['stop']): Promise<Outlet> {
  for (let pause = 1; ; pause = Math.min(pause * 2, LONGEST_RETRY_MS)) {
    const descriptor = openIfRead(path)
    if (descriptor !== undefined) return descriptorOutlet(descriptor, path, { owned: true })
    if (stop.aborted) throw new CarrierError(path, 'stopped before anybody opened it for reading')
    await after(pause)
  }
}

function openIfRead(path: string): number | undefined {
  try {
    return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK)
  } catch (error) {
    if (errorCode(error) === 'ENXIO') return undefined
    throw carrierError(path, error)
  }
}

/** Node can open a named pipe but not make one. */
async function make(path: string): Promise<void> {
  const { execFile } = await import('node:child_process')
  return new Promise((resolve, reject) =>
    execFile('mkfifo', ['--', path], error => (error ? reject(error) : resolve())),
  )
}
