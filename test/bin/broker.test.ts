// The broker as a process: one client that does not read, clients that mean harm, a broker that is killed.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { DatasetPublisher } from '../../src/bus/dataset-publisher.ts'
import { datasetSubscriber } from '../../src/bus/dataset-subscriber.ts'
import { busFor } from '../../src/bus/index.ts'
import { errorCode } from '../../src/errors.ts'
import type { Json } from '../../src/packet.ts'
import { rowKey } from '../../src/topic/row.ts'
import { busContext, RawClient } from '../support/bus.ts'
import { socketPath } from '../support/carrier.ts'
import { memory, type Started, start } from '../support/process.ts'

type T = Parameters<typeof start>[0]

async function served(t: T, words = ''): Promise<{ broker: Started; path: string; pid: number }> {
  const path = socketPath(t)
  const broker = start(t, `exec broker serve -v ${words} --listen 'unix:${path}?max-peers=20000'`)
  await broker.said('listening on')
  return { broker, path, pid: broker.child.pid ?? 0 }
}

/** Counts what comes to a subscriber, all of it lines of one length. */
class Counter {
  readonly socket: Socket
  bytes = 0
  constructor(t: T, path: string, more = '') {
    this.socket = connect(path)
    this.socket.on('error', () => {})
    this.socket.write(`{"broker":{"do":"subscribe","pattern":"#","id":"i"${more}}}\n`)
    this.socket.on('data', (chunk: Buffer) => {
      this.bytes += chunk.length
    })
    t.teardown(() => this.socket.destroy())
  }
}

t.test('one subscriber that does not read, beside nine that do, at 50,000 packets a second', async t => {
  const { path, pid } = await served(t)
  const nine = Array.from({ length: 9 }, () => new Counter(t, path))
  const frozen = new RawClient(t, path)
  await frozen.subscribe('#', { buffer: 1000 })
  const publisher = new RawClient(t, path)
  publisher.say({ broker: { do: 'await', topic: 'x', subscribers: 10 } })
  await publisher.hear()
  frozen.socket.pause()
  const greeting = nine[0]?.bytes ?? 0
  const line = (seq: number) => `{"topic":"x","seq":${String(seq).padStart(8, '1')},"fill":"${'x'.repeat(60)}"}\n`
  const total = 150_000
  const begun = performance.now()
  for (let sent = 0; sent < total; ) {
    const due = Math.min(total, Math.floor((performance.now() - begun) * 50))
    let text = ''
    for (; sent < due; sent++) text += line(sent)
    if (text !== '' && !publisher.socket.write(text)) await once(publisher.socket, 'drain')
    await new Promise(resolve => setTimeout(resolve, 2))
  }
  const length = line(0).length
  const all = greeting + total * length
  while (nine.some(({ bytes }) => bytes < all)) await new Promise(resolve => setTimeout(resolve, 5))
  t.ok(
    nine.every(({ bytes }) => bytes === all),
    'the nine have everything',
  )
  t.ok(memory(pid, 'VmHWM') < 250e6, `${memory(pid, 'VmHWM') / 1e6} MB at most`)
  frozen.socket.resume()
  let next = 0
  let lost = 0
  for (const { gap, seq } of await frozen.settled()) {
    if (gap) {
      const { lost: missing, from, to } = Object(gap)
      t.same([from, to], [Number(String(next).padStart(8, '1')), Number(String(next + missing - 1).padStart(8, '1'))])
      lost += missing
      next += missing
    } else if (seq === Number(String(next).padStart(8, '1'))) next++
    else t.fail(`${seq} instead of ${next}`)
  }
  t.equal(next, total, 'the frozen one knows of every packet, that it came or that it is missing')
  t.ok(lost > 0, `${lost} missing`)
})

t.test('clients that mean harm: told and hung up on, and the others notice nothing', async t => {
  const { broker, path, pid } = await served(t, '--max-packet 1MiB')
  const good = new RawClient(t, path)
  await good.subscribe('good')
  const harm: readonly (readonly [string, string | Buffer])[] = [
    ['garbage', Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256))],
    ['bad JSON', '{"topic":"good","x":}\n'],
    ['an endless line', `{"topic":"good","x":"${'x'.repeat(3 * 2 ** 20)}`],
    ['a frame that says it is huge', Buffer.from('f744415101001800ffffff7f00000000ffffffffff000000', 'hex')],
    ['deep nesting', `{"topic":"good","x":${'['.repeat(100_000)}\n`],
    ['HTTP', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['TLS', Buffer.from('1603010200010001fc0303', 'hex')],
    [
      'a thousand patterns too many',
      `{"broker":{"do":"subscribe","pattern":${JSON.stringify(new Array(1001).fill('a'))}}}\nx\n`,
    ],
  ]
  for (const [name, bytes] of harm) {
    const client = new RawClient(t, path)
    client.socket.write(bytes)
    // One that speaks frames is answered in frames.
    if (name === 'TLS') client.socket.end()
    else if (!name.startsWith('a frame')) t.match(await client.hear(), { broker: { error: /\w/ } }, name)
    await client.hungUp()
  }
  const sender = new RawClient(t, path)
  sender.say({ topic: 'good', n: 1 })
  t.same(await good.hear(), { topic: 'good', n: 1 })
  t.same(await good.settled(), [])
  t.ok(memory(pid, 'VmRSS') < 250e6)
  broker.child.kill('SIGTERM')
  const { code, stderr } = await broker.ended
  t.equal(code, 0)
  t.equal(stderr.match(/hung up/g)?.length, harm.length - 1)
})

/** Tries again where too many wait to be accepted. */
async function connected(path: string): Promise<Socket> {
  for (;;) {
    const socket = connect(path)
    try {
      await once(socket, 'connect')
      return socket
    } catch (error) {
      if (errorCode(error) !== 'EAGAIN') throw error
      await new Promise(resolve => setTimeout(resolve, 5))
    }
  }
}

t.test('ten thousand connections that say nothing', async t => {
  const { path, pid } = await served(t)
  const idle: Socket[] = []
  t.teardown(() => {
    for (const socket of idle) socket.destroy()
  })
  const client = new RawClient(t, path)
  for (let count = 0; count < 10_000; count += 100) {
    idle.push(...(await Promise.all(Array.from({ length: 100 }, () => connected(path)))))
    await client.settled()
  }
  await client.subscribe('a')
  client.say({ topic: 'a' })
  t.same(await client.hear(), { topic: 'a' })
  t.ok(memory(pid, 'VmRSS') < 500e6, `${memory(pid, 'VmRSS') / 1e6} MB`)
})

t.test('a client that asks and asks and never reads is cut off', async t => {
  const { broker, path, pid } = await served(t)
  const client = connect(path).on('error', () => {})
  client.pause()
  const ping = `{"broker":{"do":"ping","id":"${'x'.repeat(1000)}"}}\n`.repeat(1000)
  while (!/do not read/.test(await broker.said('listening'))) {
    if (client.writable && client.writableLength < 1e6) client.write(ping)
    await new Promise(resolve => setTimeout(resolve, 1))
  }
  await broker.said(/too many words that you do not read: hung up/)
  t.ok(memory(pid, 'VmHWM') < 400e6, `${memory(pid, 'VmHWM') / 1e6} MB`)
  client.destroy()
})

t.test(
  'the broker is killed while 20 clients have datasets, and comes back: all states are equal in the end',
  async t => {
    const folder = t.testdir({})
    const url = `unix:${socketPath(t)}`
    const serve = async () => {
      const broker = start(t, `exec broker serve -v --listen ${url}`, { folder: join(folder) })
      await broker.said('listening on')
      return broker
    }
    let broker = await serve()
    const bus = busFor(url)
    const publishers = await Promise.all(
      Array.from({ length: 10 }, async (_, index) => {
        const publisher = new DatasetPublisher(
          bus,
          { name: `p.${index}`, addresses: ['all'], dataset: 'd' },
          busContext().context,
        )
        await publisher.open()
        return publisher
      }),
    )
    const ends: (() => Promise<void>)[] = []
    const states = Array.from({ length: 10 }, () => {
      const state = new Map<Json | undefined, string>()
      const { context, stop } = busContext()
      const source = datasetSubscriber(bus, { address: 'all', dataset: 'd', every: 500, as: 'state' }, context)
      const done = (async () => {
        for await (const batch of source) {
          for (const { meta } of batch)
            state.set(meta['publisher'], rowKey([...Object(meta['rows'])].map(rowKey).sort()))
        }
      })()
      ends.push(async () => {
        stop.abort()
        await done
      })
      return state
    })
    const truth = new Map<string, string>()
    const publishAll = async (round: number) => {
      for (const [index, publisher] of publishers.entries()) {
        const rows = Array.from({ length: 5 }, (_, n) => ({ n, round: n <= round ? round : 0, index }))
        truth.set(`p.${index}`, rowKey(rows.map(rowKey).sort()))
        await publisher.publish(rows)
      }
    }
    const areEqual = () =>
      states.every(state => state.size === 10 && [...truth].every(([name, rows]) => state.get(name) === rows))
    for (let round = 1; round <= 3; round++) {
      await publishAll(round * 10)
      broker.child.kill('SIGKILL')
      await broker.ended
      broker = await serve()
      await publishAll(round * 10 + 1)
    }
    while (!areEqual()) await new Promise(resolve => setTimeout(resolve, 20))
    t.ok(areEqual())
    await Promise.all([...ends.map(end => end()), ...publishers.map(publisher => publisher.close())])
  },
)
