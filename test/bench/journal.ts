// Publishes that are kept before they are acknowledged: our broker with a journal and JetStream, each by both policies.

import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cpuOf, type Kind, type Running, residentOf, start } from './broker-servers.ts'
import type { Bench, Case, Settings, Side } from './harness.ts'
import { compiled, environment, folder, ourWords } from './machine.ts'

const execute = promisify(execFile)

/** 2.10 or later, which knows sync_interval. */
const NATS = 'nats-server'
const OURS = 'broker serve --journal'
const PEER = 'JetStream'

interface Kept extends Kind {
  /** What has to be there before anybody publishes. */
  prepare?(port: number): Promise<void>
}

interface Policy {
  readonly title: string
  readonly sync: 'always' | 'interval'
  readonly nats: string
}

const ALWAYS: Policy = {
  title: 'on the disk before it is acknowledged',
  sync: 'always',
  nats: ', sync_interval: always',
}
const LATER: Policy = { title: 'on the disk later (1 s ours, 2 min JetStream)', sync: 'interval', nats: '' }

interface Load {
  readonly publishers: number
  /** Unacknowledged messages of each. */
  readonly window: number
}

const LOADS: readonly Load[] = [
  { publishers: 1, window: 1 },
  { publishers: 8, window: 64 },
  { publishers: 8, window: 1024 },
]

const servers = new Map<string, Promise<Running>>()
const places: string[] = []

function place(): string {
  mkdirSync(folder, { recursive: true })
  const path = mkdtempSync(join(folder, 'journal-'))
  places.push(path)
  return path
}

function ours({ sync }: Policy): Kept {
  // So that a bench does not fill the disk.
  const bounds = ['--journal-size', '1GiB']
  return {
    name: OURS,
    needs: ['broker'],
    protocol: 'daq',
    words: port =>
      ourWords(
        'broker',
        'serve',
        '--listen',
        `tcp://127.0.0.1:${port}`,
        '--journal',
        place(),
        '--sync',
        sync,
        ...bounds,
      ),
  }
}

function jetStream({ nats }: Policy): Kept {
  return {
    name: PEER,
    needs: [NATS],
    protocol: 'nats',
    words(port) {
      const path = place()
      const settings = join(path, 'nats.conf')
      writeFileSync(settings, `listen: "127.0.0.1:${port}"\njetstream { store_dir: "${path}"${nats} }\n`)
      return [NATS, '-c', settings]
    },
    prepare: makeStream,
  }
}

/** A stream in a file, which forgets its oldest messages as ours does. */
async function makeStream(port: number): Promise<void> {
  const stream = { name: 'bench', subjects: ['bench.*'], storage: 'file', max_bytes: 2 ** 30, num_replicas: 1 }
  const text = JSON.stringify({ ...stream, retention: 'limits', discard: 'old' })
  const socket = connect(port, '127.0.0.1').setEncoding('utf8')
  socket.write(`CONNECT {"verbose":false}\r\nSUB R.make 1\r\n`)
  socket.write(`PUB $JS.API.STREAM.CREATE.bench R.make ${text.length}\r\n${text}\r\n`)
  let said = ''
  for await (const chunk of socket) {
    said += chunk
    if (said.includes('"config"')) return
    if (said.includes('"error"')) throw new Error(said)
  }
  throw new Error('nats-server went away')
}

async function running(kind: Kept, key: string): Promise<Running> {
  const known = servers.get(key)
  if (known) return known
  const starting = start(kind).then(async server => {
    await kind.prepare?.(server.port)
    return server
  })
  servers.set(key, starting)
  return starting
}

function side(kind: Kept, key: string, { publishers, window }: Load, seconds: number): Side {
  return {
    name: kind.name,
    needs: ['cc', ...kind.needs],
    async run() {
      const { pid, port } = await running(kind, key)
      const before = cpuOf(pid)
      const words = [kind.protocol, port, publishers, window, seconds].map(String)
      const { stdout } = await execute(compiled('journal-load'), words, { env: environment })
      const said: Record<string, unknown> = JSON.parse(stdout)
      const value = Number(said['acknowledged']) / Number(said['seconds'])
      return { value, cpu: cpuOf(pid) - before, rss: residentOf(pid) }
    },
  }
}

function cases(policy: Policy, seconds: number): readonly Case[] {
  const kinds = [ours(policy), jetStream(policy)]
  return LOADS.map(load => ({
    title: `${policy.title}: ${load.publishers} publishers, ${load.window} unacknowledged each`,
    unit: 'acknowledged/s',
    better: 'more',
    sides: kinds.map(kind => side(kind, `${kind.name} ${policy.sync}`, load, seconds)),
    bars: [{ side: OURS, factor: 1, than: PEER }],
  }))
}

export const journal: Bench = {
  name: 'journal',
  summary:
    'acknowledged publishes of 100 B that are kept: broker serve --journal, JetStream (nats-server 2.10 or later); clients in C',
  async cases({ scale }: Settings): Promise<readonly Case[]> {
    return [ALWAYS, LATER].flatMap(policy => cases(policy, 2 * scale))
  },
  async close() {
    for (const server of servers.values()) (await server.catch(() => undefined))?.child.kill('SIGKILL')
    for (const path of places) rmSync(path, { recursive: true, force: true })
  },
}
