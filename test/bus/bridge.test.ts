// Buses that are joined: two brokers of our own, a circle of three, and real engines.

import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import { Prefix } from '../../src/bus/bridge/names.ts'
import { bridge } from '../../src/bus/bridge.ts'
import { DatasetPublisher } from '../../src/bus/dataset-publisher.ts'
import { datasetSubscriber } from '../../src/bus/dataset-subscriber.ts'
import { busFor } from '../../src/bus/index.ts'
import { reply } from '../../src/bus/reply.ts'
import { request } from '../../src/bus/request.ts'
import { type Batch, type Packet, packet } from '../../src/packet.ts'
import { withoutAmqp } from '../support/amqp.ts'
import { busContext, serve } from '../support/bus.ts'
import { CutPort } from '../support/cut.ts'
import { MQTT, withoutMqtt } from '../support/mqtt.ts'
import { NATS, withoutNats } from '../support/nats.ts'
import { freePort } from '../support/port.ts'
import { readyTo, take } from '../support/subscription.ts'

const AMQP = process.env['DAQ_TEST_AMQP'] ?? ''

async function joined(t: Test, from: string, to: string, { prefix = '', oneWay = false, patterns = ['#'] } = {}) {
  const surroundings = busContext()
  const options = { patterns, prefix: new Prefix(prefix), oneWay, window: 100 }
  const { done } = await readyTo(onReady =>
    bridge(busFor(from), busFor(to), { ...options, onReady }, surroundings.context),
  )
  const end = async () => {
    surroundings.stop.abort()
    await done
  }
  t.teardown(end)
  return { ...surroundings, end }
}
const publish = async (url: string, packets: readonly Packet[]) => {
  const sink = await busFor(url).publish({}, busContext().context)
  await sink.write(packets)
  await sink.close()
}
const got = (url: string, pattern: string, count: number) =>
  readyTo(onReady => take(busFor(url).subscribe([pattern], { onReady }, busContext().context), count))
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n)
const numbered = (topic: string, count: number) => upTo(count).map(n => packet({ topic, n }))
const numbers = (packets: Batch) => packets.map(({ meta }) => meta['n'])

async function* source(...batches: readonly Batch[]): AsyncGenerator<Batch> {
  yield* batches
}

t.test('topics of one with a prefix on the other, and back without it', async t => {
  const [{ url: lab }, { url: all }] = [await serve(t), await serve(t)]
  const { ledger, end } = await joined(t, lab, all, { prefix: 'lab1.' })
  const seen = await got(all, 'lab1.#', 1000)
  await publish(lab, numbered('cryostat.t', 1000))
  const packets = await seen.done
  t.same(numbers(packets), upTo(1000))
  t.match(packets[0]?.meta, { topic: 'lab1.cryostat.t', via: [/./] })
  const command = await got(lab, 'cryostat.set', 1)
  await publish(all, [packet({ topic: 'cryostat.set', n: 0 }), packet({ topic: 'lab1.cryostat.set', n: 1 })])
  t.match((await command.done)[0]?.meta, { topic: 'cryostat.set', n: 1 })
  await end()
  const counted = ledger.report()
  t.equal(counted['to output']?.out, 1000)
  t.equal(counted['from output']?.out, 1)
  t.equal(counted['across back']?.out, 1)
  t.equal(ledger.lost, 0)
})

t.test('one way, and some topics only', async t => {
  const [{ url: lab }, { url: all }] = [await serve(t), await serve(t)]
  const { ledger } = await joined(t, lab, all, { oneWay: true, patterns: ['door.*'] })
  const seen = await got(all, '#', 2)
  await publish(all, [packet({ topic: 'door.x', n: 0 })])
  await publish(lab, [packet({ topic: 'roof.a', n: 1 }), packet({ topic: 'door.a', n: 2 })])
  t.same(numbers(await seen.done), [0, 2])
  t.same(
    Object.keys(ledger.report()).filter(name => name.startsWith('from output')),
    [],
  )
})

t.test('three in a circle: a packet comes by each way round, and no more', async t => {
  const urls = [(await serve(t)).url, (await serve(t)).url, (await serve(t)).url] as const
  for (const index of [0, 1, 2]) await joined(t, urls[index] ?? '', urls[(index + 1) % 3] ?? '')
  // Where it was published it comes at once, and back from both ways.
  const ways = [3, 2, 2]
  const readers = await Promise.all(
    urls.map((url, index) =>
      readyTo(async onReady => {
        const counts = new Map<unknown, number>()
        for await (const batch of busFor(url).subscribe(['#'], { onReady }, busContext().context)) {
          for (const { meta } of batch) counts.set(meta['topic'], (counts.get(meta['topic']) ?? 0) + 1)
          // By each way it comes after everything else.
          if (counts.get('end') === ways[index]) break
        }
        return counts.get('a')
      }),
    ),
  )
  await publish(urls[0], [...numbered('a', 200), packet({ topic: 'end' })])
  t.same(await Promise.all(readers.map(({ done }) => done)), [600, 400, 400])
})

t.test('requests and datasets cross', async t => {
  const [{ url: lab }, { url: all }] = [await serve(t), await serve(t)]
  await joined(t, lab, all, { prefix: 'lab1' })
  const { context, stop } = busContext()
  const { done } = await readyTo(onReady => {
    const requests = busFor(lab).subscribe(['double'], { onReady }, context)
    return reply(
      busFor(lab),
      requests,
      { jobs: 1 },
      async ({ meta }) => [packet({ n: 2 * Number(meta['n']) })],
      context,
    )
  })
  const asking = { topic: 'lab1.double', limit: 5000, replies: 1 }
  const answers: Packet[] = []
  for await (const batch of request(busFor(all), source([packet({ n: 21 })]), asking, busContext().context)) {
    answers.push(...batch)
  }
  t.same(numbers(answers), [42])

  const name = `publisher.${randomUUID()}`
  const publisher = new DatasetPublisher(busFor(lab), { name, addresses: ['rows'], dataset: 'd' }, context)
  await publisher.open()
  await publisher.publish([1, 2])
  const options = { address: 'lab1.rows', dataset: 'd', as: 'state' as const, every: 200 }
  const states: unknown[] = []
  for await (const batch of datasetSubscriber(busFor(all), options, busContext().context)) {
    for (const { meta } of batch) states.push([meta['publisher'], meta['rows']])
    if (states.length === 1) await publisher.change([3], [1])
    if (states.length >= 2) break
  }
  t.same(states.slice(0, 2), [
    [`lab1.${name}`, [1, 2]],
    [`lab1.${name}`, [2, 3]],
  ])
  await publisher.close()
  stop.abort()
  await done
})

t.test('a side that is lost comes back, and nothing that was on its way is lost', async t => {
  const port = await freePort()
  const lab = `tcp://127.0.0.1:${port}`
  await serve(t, { listen: [lab] })
  const { url: all } = await serve(t)
  const cut = await CutPort.open(t, '127.0.0.1', port)
  const { warnings, end } = await joined(t, `tcp://127.0.0.1:${cut.port}`, all, { prefix: 'x' })
  const seen = await readyTo(async onReady => {
    const numbers = new Set<unknown>()
    for await (const batch of busFor(all).subscribe(['x.#'], { onReady }, busContext().context)) {
      for (const { meta } of batch) numbers.add(meta['n'])
      if (numbers.has(2999)) return numbers
    }
    return numbers
  })
  for (const round of [0, 1, 2]) {
    await publish(
      lab,
      numbered('a', 1000).map(({ meta }) => packet({ ...meta, n: Number(meta['n']) + round * 1000 })),
    )
    if (round < 2) cut.break()
  }
  t.equal((await seen.done).size, 3000)
  t.match(warnings.join('\n'), /connecting again/)
  await end()
})

t.test('an error of one side that does not pass ends both', async t => {
  const { url } = await serve(t)
  const nobody = `tcp://127.0.0.1:${await freePort()}?wait=100ms`
  const options = { patterns: ['#'], prefix: new Prefix(''), oneWay: false, window: 10 }
  await t.rejects(bridge(busFor(url), busFor(nobody), options, busContext().context), /connection refused/)
})

const engines = [
  ['RabbitMQ', AMQP, await withoutAmqp()],
  ['NATS', NATS, await withoutNats()],
  ['MQTT', MQTT, await withoutMqtt()],
] as const

for (const [name, url, skip] of engines) {
  t.test(`with ${name}`, { skip }, async t => {
    const { url: own } = await serve(t)
    const topic = `daqutils-test.${randomUUID()}`
    const { end } = await joined(t, url, own, { prefix: 'far', patterns: [`${topic}.#`] })
    const seen = await got(own, 'far.#', 500)
    await publish(url, numbered(`${topic}.a`, 500))
    t.same(numbers(await seen.done), upTo(500))
    const there = await got(url, `${topic}.b`, 500)
    await publish(own, numbered(`far.${topic}.b`, 500))
    t.same(numbers(await there.done), upTo(500))
    await end()
  })
}
