// The bus that is a RabbitMQ, asked of a real one.

import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { busFor } from '../../../src/bus/index.ts'
import { CarrierError, UsageError } from '../../../src/errors.ts'
import { type Packet, packet } from '../../../src/packet.ts'
import { connectAmqp, withoutAmqp } from '../../support/amqp.ts'
import { busContext } from '../../support/bus.ts'
import { readyTo, take } from '../../support/subscription.ts'
import { conformance } from '../conformance.ts'

const SERVER = process.env['DAQ_TEST_AMQP'] ?? ''

const skip = await withoutAmqp()

t.test('does what a bus does', { skip }, t =>
  conformance(t, {
    url: SERVER,
    at: port => `amqp://guest@127.0.0.1:${port}`,
    cannot: () => false,
    can: { block: true, window: true, groupWindow: true, retain: false, return: true, keep: false, mark: true },
  }),
)

t.test('a queue that stays: what was not acknowledged comes again, marked', { skip }, async t => {
  const name = `daqutils-test-${randomUUID()}`
  const topic = `daqutils-test.${randomUUID()}`
  const bus = busFor(`${SERVER}?durable=${name}`)
  const connection = await connectAmqp()
  t.teardown(async () => {
    const channel = await connection.createChannel()
    await channel.deleteQueue(name)
    await connection.close()
  })
  const options = { window: 100 } as const
  const metas = (packets: readonly Packet[]) => packets.map(({ meta }) => [meta['n'], meta['redelivered'] ?? false])
  const publish = async (...values: number[]) => {
    const sink = await bus.publish({ topic }, busContext().context)
    await sink.write(values.map(n => packet({ n })))
    await sink.close()
  }
  const { context, stop } = busContext()
  const { done } = await readyTo(onReady => take(bus.subscribe([topic], { ...options, onReady }, context), 1))
  stop.abort()
  t.same(await done, [])
  await publish(1, 2, 3)
  const next = (count: number, more = {}) => take(bus.subscribe([topic], options, busContext().context), count, more)
  t.same(metas(await next(3, { acknowledge: false })), [
    [1, false],
    [2, false],
    [3, false],
  ])
  t.same(metas(await next(2)), [
    [1, true],
    [2, true],
  ])
  await publish(4)
  t.same(metas(await next(2)), [
    [3, true],
    [4, false],
  ])
})

t.test('a queue that stays loses nothing, and is shared by its name', async t => {
  const bus = busFor('amqp://host?durable=queue')
  const { context } = busContext()
  t.throws(() => bus.subscribe(['a'], { policy: 'block' }, context), /expected --window N/)
  t.throws(() => bus.subscribe(['a'], { window: 5, group: 'g' }, context), UsageError)
  t.throws(() => busFor('amqp://host?durable'), /the name of a queue/)
  t.throws(() => busFor('amqp://host').subscribe(['a'], { policy: 'spill' }, context), UsageError)
})

t.test('what others publish', { skip }, async t => {
  const topic = `daqutils-test.${randomUUID()}`
  const connection = await connectAmqp()
  t.teardown(() => connection.close())
  const channel = await connection.createChannel()
  const { context, rejects } = busContext()
  const { done } = await readyTo(onReady => take(busFor(SERVER).subscribe([topic], { onReady }, context), 1))
  channel.publish('amq.topic', topic, Buffer.from('21.5'))
  channel.publish('amq.topic', topic, Buffer.from('{"value":21.5}'))
  t.same((await done)[0]?.meta, { topic, value: 21.5 })
  t.match(rejects, [{ reason: 'not an object', place: { source: `${SERVER} ${topic}` } }])
})

t.test('what will not become right by itself is an error at once', { skip }, async t => {
  const { context } = busContext()
  const file = join(t.testdir(), 'secret')
  writeFileSync(file, 'wrong')
  const attempts = [
    [`${SERVER}?password-file=${file}`, /refused/],
    [`${SERVER}?exchange=amq.nowhere`, /no exchange 'amq.nowhere'/],
    [`${SERVER}/no-such-host`, /no-such-host/],
  ] as const
  for (const [url, words] of attempts) {
    await t.rejects(busFor(url).publish({ topic: 'a' }, context), words, url)
    await t.rejects(busFor(url).publish({ topic: 'a' }, context), CarrierError)
    await t.rejects(take(busFor(url).subscribe(['a'], {}, context), 1), words, url)
  }
})
