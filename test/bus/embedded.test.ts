import { once } from 'node:events'
import { createServer } from 'node:net'
import t from 'tap'
import { busFor } from '../../src/bus/index.ts'
import type { Batch, Packet } from '../../src/packet.ts'
import { packet } from '../../src/packet.ts'
import type { Source } from '../../src/stream/step.ts'
import { busContext, RawClient, serve } from '../support/bus.ts'
import { socketPath } from '../support/carrier.ts'

/** The first packets of a source, which is then left. */
async function first(source: Source, count: number): Promise<Packet[]> {
  const packets: Packet[] = []
  for await (const batch of source) {
    packets.push(...batch)
    if (packets.length >= count) break
  }
  return packets
}
const values = (packets: Batch) => packets.map(({ meta }) => meta)

t.test('what one publishes the other gets', async t => {
  const { url } = await serve(t)
  const { context, ledger } = busContext()
  const bus = busFor(url)
  const got = first(bus.subscribe(['a.#'], {}, context), 3)
  const sink = await bus.publish({ topic: 'a.b', subscribers: 1 }, context)
  await sink.write([packet({ n: 1 }), packet({ topic: 'other', n: 2 })])
  await sink.write([packet({ n: 3 }, Buffer.from('abc'))])
  await sink.commit?.()
  await sink.close()
  t.same(values(await got), [
    { topic: 'a.b', n: 1 },
    { topic: 'a.b', n: 2 },
    { topic: 'a.b', n: 3, dtype: 'uint8' },
  ])
  t.same([ledger.stage('output').out, ledger.stage('input').in, ledger.lost], [3, 3, 0])
})

t.test('data goes as frames and comes as frames to whoever speaks frames', async t => {
  const { url } = await serve(t)
  const { context } = busContext()
  const bus = busFor(url)
  const got = first(bus.subscribe(['a'], { form: 'frames' }, context), 2)
  const sink = await bus.publish({ topic: 'a', subscribers: 1 }, context)
  await sink.write([packet({ n: 1 }, Buffer.from('abc')), packet({ n: 2 })])
  await sink.close()
  t.same(
    (await got).map(({ meta, data }) => [meta['n'], Buffer.from(data).toString()]),
    [
      [1, 'abc'],
      [2, ''],
    ],
  )
})

t.test('without an address each packet needs its own', async t => {
  const { url } = await serve(t)
  const { context, rejects } = busContext()
  const bus = busFor(url)
  const got = first(bus.subscribe(['#'], {}, context), 1)
  const sink = await bus.publish({ topic: 'ready', subscribers: 1 }, context)
  await sink.close()
  const own = await bus.publish({}, context)
  await own.write([packet({ n: 1 }), packet({ topic: 'x', n: 2 })])
  await own.close()
  t.same(values(await got), [{ topic: 'x', n: 2 }])
  t.same(
    rejects.map(({ reason }) => reason),
    ['no topic'],
  )
})

t.test('what the broker has not confirmed is sent again to the next one', async t => {
  const before = await serve(t)
  const { context, warnings } = busContext()
  const sink = await busFor(before.url).publish({ topic: 'a' }, context)
  await sink.write([packet({ n: 1 })])
  await sink.commit?.()
  await before.server.close()
  const writing = sink.write([packet({ n: 2 })])
  const after = await serve(t, { listen: [before.url] })
  const raw = new RawClient(t, before.path)
  await raw.subscribe('#')
  await writing
  await sink.close()
  t.match(warnings.join('\n'), /the broker went away, connecting again/)
  t.equal(after.ledger.stage('input').in, 1)
})

t.test('a subscription is made again, and says that something is missing', async t => {
  const before = await serve(t)
  const { context, warnings, ledger } = busContext()
  const ready: (() => void)[] = []
  const isReady = () => new Promise<void>(resolve => ready.push(resolve))
  const once = isReady()
  const twice = isReady()
  const got = first(busFor(before.url).subscribe(['#'], { onReady: () => ready.shift()?.() }, context), 1)
  await once
  await before.server.close()
  await serve(t, { listen: [before.url] })
  await twice
  new RawClient(t, before.path).say({ topic: 'a' })
  t.same(values(await got), [{ topic: 'a' }])
  t.match(warnings.join('\n'), /connecting again; what comes meanwhile is missed/)
  t.same(ledger.stage('broker').report().dropped, { 'connection broken': 1 })
})

t.test('where nothing is said, it is come back to later and later', async t => {
  const path = socketPath(t)
  let connections = 0
  const server = createServer(socket => {
    connections++
    socket.end()
  }).listen(path)
  await once(server, 'listening')
  t.teardown(() => server.close())
  const { context, stop, warnings, ledger } = busContext()
  const bus = busFor(`unix:${path}`)
  const got = first(bus.subscribe(['#'], {}, context), 1)
  const sink = await bus.publish({}, context)
  await new Promise(resolve => setTimeout(resolve, 300))
  stop.abort()
  t.same(await got, [])
  await sink.close()
  t.ok(connections < 40, `${connections} connections`)
  t.match(warnings[0], /hung up without a word: no broker, or one that wants tls, connecting again$/)
  t.equal(ledger.lost, 0)
})

t.test('a refusal of the broker is an error', async t => {
  const { url } = await serve(t)
  const { context } = busContext()
  await t.rejects(first(busFor(url).subscribe(['a'.repeat(300)], {}, context), 1), /an address of 300 bytes/)
})

t.test('a gap is counted as what it says was lost', async t => {
  const { url, path } = await serve(t)
  const { context, ledger } = busContext()
  const source = busFor(url).subscribe(['#'], { policy: 'drop-oldest', packets: 10, bytes: 1000 }, context)
  const publisher = new RawClient(t, path)
  publisher.say({ broker: { do: 'await', topic: 'a' } })
  let seen = 0
  let lost = 0
  const count = 20_000
  const waited = publisher.hear().then(() => {
    const text = `{"topic":"a","x":"${'x'.repeat(1000)}"}\n`
    publisher.socket.write(text.repeat(count))
    publisher.socket.write('{"topic":"end"}\n')
  })
  for await (const batch of source) {
    for (const { meta } of batch) {
      if (meta['gap']) lost += Object(meta['gap']).lost
      else seen++
    }
    if (batch.at(-1)?.meta['topic'] === 'end') break
    await new Promise(resolve => setTimeout(resolve, 1))
  }
  await waited
  t.ok(lost > 0)
  t.equal(seen + lost, count + 1)
  t.same(ledger.stage('broker').report().dropped, { overflow: lost })
})

t.test('left while it connects again, a publisher sends nothing more and is gone', async t => {
  const path = socketPath(t)
  const { context } = busContext()
  let connections = 0
  const second = new Promise<string>(resolve => {
    const server = createServer(socket => {
      socket.on('error', () => {})
      if (++connections === 1) {
        socket.once('data', () => socket.destroy())
        return
      }
      let text = ''
      socket.on('data', bytes => {
        text += bytes
      })
      socket.on('end', () => resolve(text))
    })
    server.listen(path)
    t.teardown(() => server.close())
  })
  let left: Promise<void> | undefined
  const warn = (text: string) => {
    if (text.includes('connecting again')) left = sink.abort?.()
  }
  const sink = await busFor(`unix:${path}`).publish({ topic: 'a' }, { ...context, warn })
  await sink.write([packet({ n: 1 })])
  t.equal(await second, '')
  await left
})
