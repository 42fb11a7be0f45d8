// Kills log-sink at random moments while an acknowledged sender feeds it, and then looks whether anything is missing,
// there twice, or in pieces. Run after a build: node --import tsx test/soak/kill.ts [ROUNDS]

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSink } from '../../src/carrier/open.ts'
import { Ledger } from '../../src/stream/ledger.ts'
import { messages, readBack } from '../support/store-context.ts'

const ROUNDS = Number(process.argv[2] ?? 100)
/** More than a batch, so that several are under way at any moment. */
const UNACKNOWLEDGED = 2000
const LONGEST_LIFE_MS = 150
/** Between two batches, so that a hundred rounds do not make files that take longer to read again than to write. */
const LONGEST_PAUSE_MS = 6

const say = (text: string) => process.stdout.write(`${text}\n`)

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}

const pause = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds))

function startSink(words: readonly string[]): ChildProcess & { said: string } {
  const child = spawn(process.execPath, ['dist/log-sink.cjs', ...words], { stdio: ['ignore', 'ignore', 'pipe'] })
  const sink = Object.assign(child, { said: '' })
  child.stderr?.on('data', (chunk: Buffer) => {
    sink.said += chunk
  })
  return sink
}

async function soak(stores: readonly string[], options: readonly string[]): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'daqutils-soak-'))
  const port = await freePort()
  const urls = stores.map(store => store.replace('$', `${folder}/`))
  const words = ['-i', `tcp://127.0.0.1:${port}?listen&ack=${UNACKNOWLEDGED}`, ...urls, ...options]
  const context = {
    stop: new AbortController().signal,
    ledger: new Ledger(),
    warn: () => {},
    onHangup: () => () => {},
    policy: 'block',
    buffer: 1024,
  } as const
  let sink = startSink(words)
  const sender = await openSink([`tcp://127.0.0.1:${port}?ack=${UNACKNOWLEDGED}&wait=60s`], {
    to: 'ndjson',
    context,
    reject: reject => say(`rejected: ${reject.reason}`),
  })
  let sent = 0
  let ended = false
  const sending = (async () => {
    while (!ended) {
      const size = 1 + Math.floor(Math.random() * 500)
      await sender.write(messages(sent, sent + size))
      sent += size
      await pause(Math.random() * LONGEST_PAUSE_MS)
    }
    await sender.close()
  })()
  for (let round = 0; round < ROUNDS; round++) {
    const before = sent
    while (sent === before) {
      await pause(5)
      if (sink.exitCode !== null) throw new Error(`log-sink ended by itself: ${sink.said}`)
    }
    await pause(Math.random() * LONGEST_LIFE_MS)
    sink.kill('SIGKILL')
    await once(sink, 'exit')
    sink = startSink(words)
    if ((round + 1) % 20 === 0) say(`${round + 1} kills, ${sent} sent`)
  }
  ended = true
  await sending
  sink.kill('SIGTERM')
  const [code] = await once(sink, 'exit')
  const torn = readdirSync(folder).filter(name => name.includes('.torn-')).length
  let good = code === 0
  for (const url of urls) {
    const ids = (await readBack(url)).map(({ meta }) => Number(String(meta['id']).slice(3)))
    const missing = sent - new Set(ids).size
    const twice = ids.length - new Set(ids).size
    const ordered = ids.every((id, index) => id === index)
    good &&= missing === 0 && twice === 0
    say(`${url.replace(`${folder}/`, '')}: ${sent} sent, ${missing} lost, ${twice} twice, in order: ${ordered}`)
  }
  say(`exit ${code}, ${ROUNDS} kills, ${torn} torn tails, ${options.join(' ')}`)
  rmSync(folder, { recursive: true })
  return good
}

const RUNS: readonly (readonly [readonly string[], readonly string[]])[] = [
  [
    ['csv:$log.csv', 'ndjson:$log.ndjson', 'frame:$log.frame', 'sqlite:$log.sqlite'],
    ['--sync', 'interval'],
  ],
  [
    ['csv:$log.csv', 'ndjson:$log.ndjson', 'frame:$log.frame', 'sqlite:$log.sqlite'],
    ['--sync', 'always', '--rotate-size', '100kB'],
  ],
]
let good = true
for (const [stores, options] of RUNS) good = (await soak(stores, options)) && good
process.exit(good ? 0 : 1)
