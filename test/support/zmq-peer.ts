// Real ZeroMQ peers for tests: pyzmq and a program on libzmq, each in a process of its own, told what to do.

import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { crc32 } from 'node:zlib'
import { DEBIAN_PYTHON, noPyzmq } from './python.ts'
import { folderOf } from './zmq.ts'

interface Teardown {
  teardown(act: () => void): void
}

export type PeerKind = 'pyzmq' | 'libzmq'

/** What a peer says of a message that it received. */
export interface Seen {
  readonly sizes: readonly number[]
  readonly checksums: readonly string[]
  /** The first 256 bytes of the first part. */
  readonly first: Buffer
}

const HERE = new URL('.', import.meta.url).pathname

/** Why tests with a C program on libzmq cannot run, or false. */
export const noLibzmq = libzmqMissing()

export const PEERS: readonly { readonly kind: PeerKind; readonly skip: string | false }[] = [
  { kind: 'pyzmq', skip: noPyzmq },
  { kind: 'libzmq', skip: noLibzmq },
]

function libzmqMissing(): string | false {
  try {
    const input = '#include <zmq.h>\nint main(void) { return ZMQ_VERSION_MAJOR < 4; }'
    execFileSync('cc', ['-x', 'c', '-', '-o', '/dev/null', '-lzmq'], { input, stdio: ['pipe', 'ignore', 'ignore'] })
    return false
  } catch {
    return 'skipped: no cc with zmq.h and libzmq (gcc, libzmq3-dev)'
  }
}

/** Builds the program on libzmq in a folder of the test. */
export function buildPeer(t: Teardown): string {
  const program = join(folderOf(t), 'zmq-peer')
  execFileSync('cc', ['-O2', '-Wall', '-Werror', '-o', program, join(HERE, 'zmq-peer.c'), '-lzmq'])
  return program
}

export interface PeerOptions {
  readonly kind: PeerKind
  /** Of `buildPeer`, for libzmq. */
  readonly program?: string | undefined
}

/** Starts a peer; `words` are a socket type, bind or connect, the endpoint, options. It ends with the test. */
export async function startPeer(t: Teardown, { kind, program }: PeerOptions, ...words: string[]): Promise<ZmqPeer> {
  const command = kind === 'pyzmq' ? DEBIAN_PYTHON : (program ?? '')
  const given = kind === 'pyzmq' ? [join(HERE, 'zmq-peer.py'), ...words] : words
  const child = spawn(command, given, { stdio: ['pipe', 'pipe', 'inherit'] })
  const peer = new ZmqPeer(child)
  t.teardown(() => peer.kill())
  await peer.said('ready')
  return peer
}

type Child = ChildProcessByStdio<Writable, Readable, null>

export class ZmqPeer {
  readonly #child: Child
  readonly #lines: AsyncIterableIterator<string>

  constructor(child: Child) {
    this.#child = child
    child.stdin.on('error', () => {})
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  subscribe(prefix = ''): Promise<void> {
    return this.#do(`subscribe ${hex(prefix)}`)
  }

  unsubscribe(prefix = ''): Promise<void> {
    return this.#do(`unsubscribe ${hex(prefix)}`)
  }

  /** Messages of a meta with `seq` and data of so many bytes. */
  send(count: number, from = 1, size = 8): Promise<void> {
    return this.#do(`send ${count} ${from} ${size}`)
  }

  parts(...parts: readonly string[]): Promise<void> {
    return this.#do(`parts ${parts.map(hex).join(' ')}`)
  }

  /** What comes until there are so many, or none for so many milliseconds. */
  async recv(count: number, patience = 10_000): Promise<Seen[]> {
    this.#child.stdin.write(`recv ${count} ${patience}\n`)
    const seen: Seen[] = []
    for (;;) {
      const line = await this.#line()
      if (line.startsWith('done')) break
      const words = line.split(' ')
      const parts = words.slice(1, -1).map(word => word.split(':'))
      const first = words.at(-1) ?? '-'
      seen.push({
        sizes: parts.map(([size]) => Number(size)),
        checksums: parts.map(([, checksum = '']) => checksum),
        first: first === '-' ? Buffer.alloc(0) : Buffer.from(first, 'hex'),
      })
    }
    await this.said('ok')
    return seen
  }

  async said(expected: string): Promise<void> {
    const line = await this.#line()
    if (line !== expected) throw new Error(`the peer said ${line} instead of ${expected}`)
  }

  /** Lets it send what is left, and waits until it has ended. */
  async end(): Promise<void> {
    this.#child.stdin.end()
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit')
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    this.#child.kill(signal)
  }

  async #do(line: string): Promise<void> {
    this.#child.stdin.write(`${line}\n`)
    await this.said('ok')
  }

  async #line(): Promise<string> {
    const { value } = await this.#lines.next()
    if (value === undefined) throw new Error('the peer has ended')
    return value
  }
}

function hex(text: string): string {
  return text === '' ? '-' : Buffer.from(text).toString('hex')
}

/** The field `seq` of the metas that a peer saw. */
export function seqsSeen(seen: readonly Seen[]): number[] {
  return seen.map(({ first }) => Number(JSON.parse(first.toString())['seq']))
}

/** As a peer writes it. */
export function checksum(bytes: Uint8Array): string {
  return crc32(bytes).toString(16).padStart(8, '0')
}
