// The bus that is an MQTT broker, asked of a real one.

import { randomUUID } from 'node:crypto'
import t from 'tap'
import { busFor } from '../../../src/bus/index.ts'
import { patternFault, topicFault } from '../../../src/bus/mqtt/filter.ts'
import { UsageError } from '../../../src/errors.ts'
import { gapOf, type Packet, packet } from '../../../src/packet.ts'
import { busContext } from '../../support/bus.ts'
import { forgetSession, MQTT, publishText, withoutMqtt } from '../../support/mqtt.ts'
import { readyTo, take } from '../../support/subscription.ts'
import { conformance } from '../conformance.ts'

const skip = await withoutMqtt()
const isPattern = (address: string) => address.includes('*') || address.includes('#')
const cannot = (address: string) =>
  (patternFault(address) ?? (isPattern(address) ? undefined : topicFault(address))) !== undefined

t.test('an MQTT broker does what a bus does', { skip }, t =>
  conformance(t, {
    url: MQTT,
    at: port => `mqtt://127.0.0.1:${port}`,
    cannot,
    can: { block: false, window: true, groupWindow: false, retain: true, return: true, keep: false, mark: true },
  }),
)

const publish = async (topic: string, packets: readonly Packet[]) => {
  const sink = await busFor(MQTT).publish({ topic }, busContext().context)
  await sink.write(packets)
  await sink.close()
}

t.test('what the broker drops because its subscriber is slow is noticed, and counted exactly', { skip }, async t => {
  const topic = `daqutils-test.${randomUUID()}`
  const { context, ledger } = busContext()
  let open = () => {}
  const hold = new Promise<void>(resolve => {
    open = resolve
  })
  const got: Packet[] = []
  const { done } = await readyTo(async onReady => {
    for await (const batch of busFor(MQTT).subscribe([topic], { window: 10, onReady }, context)) {
      await hold
      got.push(...batch)
      batch.acknowledge?.()
      if (batch.some(({ meta }) => meta['last'] === true)) return
    }
  })
  const sink = await busFor(MQTT).publish({ topic }, busContext().context)
  let published = 5000
  await sink.write(Array.from({ length: published }, (_, n) => packet({ n })))
  await sink.commit?.()
  open()
  // The queue in the broker is empty when something new comes through it.
  while (!got.some(({ meta }) => meta['probe'] === true)) {
    published++
    await sink.write([packet({ probe: true })])
    await sink.commit?.()
  }
  published++
  await sink.write([packet({ last: true })])
  await sink.close()
  await done
  const lost = got.reduce((sum, { meta }) => sum + (gapOf(meta)?.lost ?? 0), 0)
  const came = got.filter(({ meta }) => !gapOf(meta)).length
  t.ok(lost > 0, 'its queue is bounded')
  t.equal(came + lost, published)
  t.equal(ledger.stage('broker').lost, lost)
})

t.test(
  'a session that stays collects when nobody reads it; what was not acknowledged comes again, marked',
  { skip },
  async t => {
    const topic = `daqutils-test.${randomUUID()}`
    const name = `daqutils-test-${randomUUID()}`
    const bus = busFor(`${MQTT}?durable=${name}`)
    const options = { window: 100 } as const
    const metas = (packets: readonly Packet[]) => packets.map(({ meta }) => [meta['n'], meta['redelivered'] ?? false])
    const { context, stop } = busContext()
    const { done } = await readyTo(onReady => take(bus.subscribe([topic], { ...options, onReady }, context), 1))
    stop.abort()
    t.same(await done, [])
    await publish(
      topic,
      [1, 2, 3].map(n => packet({ n })),
    )
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
    await publish(topic, [packet({ n: 4 })])
    t.same(metas(await next(2)), [
      [3, true],
      [4, false],
    ])
    const first = busContext()
    const running = await readyTo(onReady => take(bus.subscribe([topic], { ...options, onReady }, first.context), 1))
    const second = busContext()
    const other = await readyTo(onReady => take(bus.subscribe([topic], { ...options, onReady }, second.context), 1))
    first.stop.abort()
    second.stop.abort()
    await Promise.all([running.done, other.done])
    t.match([...first.warnings, ...second.warnings].join(), `another client named '${name}'`)
    await forgetSession(name)
  },
)

t.test('what others publish', { skip }, async t => {
  const base = `daqutils-test/${randomUUID()}`
  const { context, rejects } = busContext()
  const { done } = await readyTo(onReady =>
    take(busFor(MQTT).subscribe([`${base.replace('/', '.')}.#`], { onReady }, context), 1),
  )
  await publishText(`${base}/a`, '21.5')
  await publishText(`${base}/1.5`, '{}')
  await publishText(`${base}/b`, '{"value":21.5}')
  t.same((await done)[0]?.meta, { topic: `${base.replace('/', '.')}.b`, value: 21.5 })
  t.same(
    rejects.map(({ reason }) => reason),
    ['not an object', 'topic not for this bus'],
  )
})

t.test('what cannot be is said before anything is connected', async t => {
  const { context } = busContext()
  const subscribe = (url: string, options: object) => () => busFor(url).subscribe(['a.*', 'a.#'], options, context)
  t.throws(subscribe('mqtt://host', { group: 'g' }), /must not overlap/)
  t.throws(subscribe('mqtt://host', { group: 'g/h' }), /no \/, \+ and # in it/)
  t.throws(subscribe('mqtt://host?durable=d', {}), /expected --window N/)
  t.throws(subscribe('mqtt://host?durable', {}), UsageError)
  t.throws(subscribe('mqtt://host/path', {}), /expected mqtt:\/\/USER@HOST:PORT/)
})
