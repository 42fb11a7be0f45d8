// stdin and stdout (`-`), each read or written in the way its kind of file wants.

import { closeSync, fstatSync, read, type Stats } from 'node:fs'
import { Socket } from 'node:net'
import { ReadStream } from 'node:tty'
import { promisify } from 'node:util'
import { errorCode, ReaderGone } from '../errors.ts'
import { isTerminal } from '../is-terminal.ts'
import { blocksOf, SMALL, writeBlocks } from './blocks.ts'
import { burstBytes } from './burst.ts'
import type { Carrier, CarrierContext, Channel, Outlet } from './carrier.ts'
import { carrierError } from './failure.ts'
import { Inbox } from './inbox.ts'
import { SocketWriter, WRITE_AHEAD } from './socket-writer.ts'

const STDIN = 0
const STDOUT = 1
const PIPE_READ = 64 * 1024

export const stdio: Carrier = {
  scheme: '-',
  summary: 'stdin or stdout',
  example: '-',
  single: () => true,
  params: [],
  async *channels(_endpoint, context): AsyncGenerator<Channel> {
    yield { name: 'stdin', bytes: stdinBytes(context) }
  },
  async outlet() {
    return descriptorOutlet(STDOUT, 'stdout')
  },
}

function stdinBytes(context: CarrierContext): AsyncIterable<Uint8Array> {
  const kind = fstatSync(STDIN)
  // An interrupt reaches the whole pipeline: who feeds the pipe ends, and its end ends this.
  if (isStream(kind)) return socketBytes(STDIN, 'stdin', context, { endsBy: reason => reason !== 'SIGINT' })
  if (kind.isFile()) return explained(blocksOf(STDIN, context))
  return isTerminal(STDIN) ? terminalBytes(context.stop) : explained(deviceBytes(STDIN, context.stop))
}

/** What fails, fails by name. */
async function* explained(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes
  } catch (error) {
    throw carrierError('stdin', error)
  }
}

/** Somebody or something keeps what is written to stdout: it is no terminal, and not /dev/null. */
export function isStdoutKept(): boolean {
  const kind = fstatSync(STDOUT)
  return isStream(kind) || kind.isFile()
}

export function isStream(kind: Stats): boolean {
  return kind.isFIFO() || kind.isSocket()
}

/** The bytes of a pipe or socket by its descriptor, which belongs to the iterator from here on. */
export function socketBytes(
  descriptor: number,
  name: string,
  { stop, closed, transient }: CarrierContext,
  { endsBy = () => true }: { readonly endsBy?: (reason: unknown) => boolean } = {},
): AsyncIterable<Uint8Array> {
  if (transient?.bursts) return burstBytes(descriptor, name, { stop, ...(closed && { closed }) }, { transient, endsBy })
  let buffer: Buffer = Buffer.allocUnsafeSlow(PIPE_READ)
  let handedOn = false
  const spare: Buffer[] = []
  const onread = {
    buffer: () => {
      if (handedOn) buffer = spare.pop() ?? Buffer.allocUnsafeSlow(PIPE_READ)
      handedOn = false
      return buffer
    },
    callback: (length: number) => {
      if (length < SMALL) return inbox.push(Buffer.from(buffer.subarray(0, length)))
      handedOn = true
      return inbox.push(buffer.subarray(0, length))
    },
  }
  // Its type does not know all that the constructor takes, which a variable's does not check.
  const options = { fd: descriptor, readable: true, writable: false, onread }
  const socket = new Socket(options)
  const onStop = () => {
    if (closed?.aborted || endsBy(stop.reason)) inbox.end()
  }
  const inbox = new Inbox({
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    ...(transient && { done: ({ buffer, length }) => void (length >= SMALL && spare.push(Buffer.from(buffer))) }),
    close: () => {
      stop.removeEventListener('abort', onStop)
      closed?.removeEventListener('abort', onStop)
      socket.destroy()
    },
  })
  socket.on('end', () => inbox.end())
  socket.on('error', error => inbox.end(carrierError(name, error)))
  stop.addEventListener('abort', onStop)
  closed?.addEventListener('abort', onStop)
  if (stop.aborted || closed?.aborted) onStop()
  else socket.resume()
  return inbox
}

function terminalBytes(stop: AbortSignal): AsyncIterable<Uint8Array> {
  const terminal = new ReadStream(STDIN)
  const inbox = new Inbox({
    pause: () => terminal.pause(),
    resume: () => terminal.resume(),
    close: () => terminal.destroy(),
  })
  terminal.on('data', (bytes: Uint8Array) => inbox.push(bytes))
  terminal.on('end', () => inbox.end())
  terminal.on('error', error => inbox.end(carrierError('stdin', error)))
  stop.addEventListener('abort', () => inbox.end())
  return inbox
}

const readAsync = promisify(read)

/** A character device may wait for its bytes as long as it likes, so a thread does the waiting. */
export async function* deviceBytes(descriptor: number, stop: AbortSignal): AsyncGenerator<Uint8Array> {
  const stopped = new Promise<undefined>(resolve => stop.addEventListener('abort', () => resolve(undefined)))
  while (!stop.aborted) {
    const buffer = Buffer.allocUnsafeSlow(PIPE_READ)
    const answer = await Promise.race([readAsync(descriptor, buffer, 0, PIPE_READ, null), stopped])
    if (answer === undefined || answer.bytesRead === 0) return
    const bytes = buffer.subarray(0, answer.bytesRead)
    yield bytes.length < SMALL ? Buffer.from(bytes) : bytes
  }
}

/** An outlet for an open descriptor: stdout, or, closed with it, the `owned` one of a device or named pipe. */
export function descriptorOutlet(
  descriptor: number,
  name: string,
  { owned = false }: { readonly owned?: boolean } = {},
): Outlet {
  const explain = (error: unknown) => (owned ? carrierError(name, error) : ofStdout(name, error))
  if (!isStream(fstatSync(descriptor))) {
    return {
      get terminal() {
        return isTerminal(descriptor)
      },
      takesAtOnce: true,
      write(chunks) {
        try {
          return writeBlocks(descriptor, chunks)?.catch(error => {
            throw explain(error)
          })
        } catch (error) {
          throw explain(error)
        }
      },
      async close() {
        if (owned) closeSync(descriptor)
      },
    }
  }
  const options = { fd: descriptor, readable: false, writable: true, writableHighWaterMark: WRITE_AHEAD }
  const socket = new Socket(options)
  const writer = new SocketWriter(socket, explain)
  const close = async () => {
    try {
      await writer.flush()
    } finally {
      if (owned) socket.destroy()
    }
  }
  return {
    write: chunks => writer.write(chunks),
    close,
    // What has been written is still for the reader, unless that is what failed.
    abort: () => close().catch(() => {}),
  }
}

function ofStdout(name: string, error: unknown): Error {
  if (!['EPIPE', 'ECONNRESET'].includes(errorCode(error) ?? '')) return carrierError(name, error)
  return new ReaderGone(`${name}: the reader went away`, { cause: error })
}
