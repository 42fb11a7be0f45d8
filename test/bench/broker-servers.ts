// Brokers as processes of their own, each started when it is first needed, and the load that is put on them.

import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Run } from './harness.ts'
import { compiled, environment, ourWords, peerPath } from './machine.ts'
import { freePort } from './zmq.ts'

const execute = promisify(execFile)

export interface Kind {
  readonly name: string
  readonly needs: readonly string[]
  /** How `peers/broker-load.c` speaks to it. */
  readonly protocol: string
  /** Starts it on the port; the second is for subscribers, where those have one of their own. */
  words(port: string, subscriberPort: string): readonly string[]
}

export const OURS = 'broker serve'

/** Each as it is by itself, but for the bounds above which Redis cuts subscribers off, which its figures would be about. */
export const KINDS: readonly Kind[] = [
  {
    name: OURS,
    needs: ['broker'],
    protocol: 'daq',
    words: port => ourWords('broker', 'serve', '--listen', `tcp://127.0.0.1:${port}`),
  },
  {
    name: 'nats-server',
    needs: ['nats-server'],
    protocol: 'nats',
    words: port => ['nats-server', '-a', '127.0.0.1', '-p', port],
  },
  {
    name: 'redis',
    needs: ['redis-server'],
    protocol: 'redis',
    words: port => [
      ...['redis-server', '--bind', '127.0.0.1', '--port', port, '--save', ''],
      ...['--client-output-buffer-limit', 'pubsub', '0', '0', '0'],
    ],
  },
  {
    name: 'libzmq XSUB/XPUB',
    needs: ['cc', 'zmq.h'],
    protocol: 'zmq',
    words: (port, subscriberPort) => [compiled('broker-zmq', '-lzmq'), port, subscriberPort],
  },
  {
    name: 'mosquitto',
    needs: ['mosquitto'],
    protocol: 'mqtt',
    words: port => ['mosquitto', '-p', port],
  },
  {
    name: 'aedes',
    needs: ['aedes'],
    protocol: 'mqtt',
    words: port => [process.execPath, peerPath('broker-aedes.mjs'), port],
  },
]

/** What `peers/broker-load.c` is told, and what it says. */
export type Load = Readonly<Record<string, number>>
export type Said = Readonly<Record<'sent' | 'got' | 'rate' | 'lost' | 'told' | 'disordered' | 'p50' | 'p99', number>>

/** Clock ticks a second in /proc. */
const TICKS = 100
const PAGE = 4096
const PATIENCE_MS = 60_000

export class Broker {
  readonly #kind: Kind
  #running: Promise<Running> | undefined

  constructor(kind: Kind) {
    this.#kind = kind
  }

  /** The `value` is 0; `cpu` and `rss` are the broker's own. */
  async under(load: Load, policy = 'block'): Promise<{ readonly said: Said; readonly run: Run }> {
    this.#running ??= start(this.#kind)
    const { pid, port, subscriberPort } = await this.#running
    const settings = Object.entries({ ...load, port, subscriber_port: subscriberPort })
    const words = [`protocol=${this.#kind.protocol}`, ...settings.map(([name, value]) => `${name}=${value}`)]
    const before = cpuOf(pid)
    const options = { env: { ...environment, POLICY: policy }, timeout: PATIENCE_MS }
    const { stdout } = await execute(compiled('broker-load', '-lpthread'), words, options)
    return { said: JSON.parse(stdout), run: { value: 0, cpu: cpuOf(pid) - before, rss: residentOf(pid) } }
  }

  async close(): Promise<void> {
    const running = await this.#running?.catch(() => undefined)
    this.#running = undefined
    running?.child.kill('SIGKILL')
  }
}

export interface Running {
  readonly child: ChildProcess
  readonly pid: number
  readonly port: number
  readonly subscriberPort: number
}

export async function start(kind: Kind): Promise<Running> {
  const port = await freePort()
  const subscriberPort = kind.protocol === 'zmq' ? await freePort() : port
  const [program = '', ...words] = kind.words(String(port), String(subscriberPort))
  const child = spawn(program, words, { env: environment, stdio: 'ignore' })
  const failed = new Promise<never>((_, reject) => {
    child.on('error', reject)
    child.on('exit', code => reject(new Error(`${kind.name} ended with ${code}`)))
  })
  failed.catch(() => {})
  await Promise.race([failed, listening(port)])
  return { child, pid: child.pid ?? 0, port, subscriberPort }
}

async function listening(port: number): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS
  while (!(await answers(port))) {
    if (Date.now() > deadline) throw new Error(`nobody listens on port ${port}`)
    await sleep(50)
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    const end = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.on('connect', () => end(true))
    socket.on('error', () => end(false))
  })
}

/** Seconds so far, of all threads; see proc(5). The name in parentheses may have spaces. */
export function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / TICKS
}

/** MB. */
export function residentOf(pid: number): number {
  return (Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]) * PAGE) / 1e6
}
