// The bus that is a NATS server, asked of a real one: NATS itself and JetStream.

import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import { busFor } from '../../../src/bus/index.ts'
import { patternFault, topicFault } from '../../../src/bus/nats/subject.ts'
import { CarrierError, UsageError } from '../../../src/errors.ts'
import { type Packet, packet } from '../../../src/packet.ts'
import { busContext } from '../../support/bus.ts'
import { CutPort } from '../../support/cut.ts'
import { connectNats, deleteStream, NATS, withoutNats } from '../../support/nats.ts'
import { readyTo, take } from '../../support/subscription.ts'
import { conformance } from '../conformance.ts'

const skip = await withoutNats()
const isPattern = (address: string) => address.includes('*') || address.includes('#')
const cannot = (address: string) =>
  (patternFault(address) ?? (isPattern(address) ? undefined : topicFault(address))) !== undefined

t.test('NATS does what a bus does', { skip }, t =>
  conformance(t, {
    url: NATS,
    at: port => `nats://127.0.0.1:${port}`,
    cannot,
    can: { block: false, window: false, groupWindow: false, retain: false, return: true, keep: false, mark: false },
  }),
)

/** A stream for this test alone. */
function stream(t: Test): { readonly base: string; readonly params: string; readonly name: string } {
  const base = `daqutils-test-${randomUUID()}`
  t.teardown(() => deleteStream(base))
  return { base, name: base, params: `stream=${base}&topics=${encodeURIComponent(`${base}.#`)}` }
}

t.test('JetStream does what a bus does', { skip }, t => {
  const { base, params } = stream(t)
  return conformance(t, {
    url: `${NATS}?${params}`,
    at: port => `nats://127.0.0.1:${port}?${params}`,
    base,
    cannot,
    can: { block: true, window: true, groupWindow: true, retain: true, return: false, keep: true, mark: true },
  })
})

const publish = async (url: string, topic: string, packets: readonly Packet[]) => {
  const sink = await busFor(url).publish({ topic }, busContext().context)
  await sink.write(packets)
  await sink.close()
}
const metas = (packets: readonly Packet[]) => packets.map(({ meta }) => [meta['n'], meta['redelivered'] ?? false])

t.test(
  'a consumer that stays goes on where it was; what was not acknowledged comes again, marked',
  { skip },
  async t => {
    const { base, params } = stream(t)
    const bus = busFor(`${NATS}?${params}&durable=here`)
    const options = { window: 100 } as const
    const { context, stop } = busContext()
    const { done } = await readyTo(onReady => take(bus.subscribe([base], { ...options, onReady }, context), 1))
    stop.abort()
    t.same(await done, [])
    await publish(
      `${NATS}?${params}`,
      base,
      [1, 2, 3].map(n => packet({ n })),
    )
    const next = (count: number, more = {}) => take(bus.subscribe([base], options, busContext().context), count, more)
    const inOrder = (packets: readonly Packet[]) => metas(packets).toSorted(([a], [b]) => Number(a) - Number(b))
    t.same(metas(await next(3, { acknowledge: false })), [
      [1, false],
      [2, false],
      [3, false],
    ])
    // The server sends what it has back in any order.
    const again = await next(2)
    await publish(`${NATS}?${params}`, base, [packet({ n: 4 })])
    t.same(inOrder([...again, ...(await next(2))]), [
      [1, true],
      [2, true],
      [3, true],
      [4, false],
    ])
    const other = bus.subscribe([`${base}.*`], options, busContext().context)
    await t.rejects(take(other, 1), /the consumer 'here' of the stream '.*' is there for other topics/)
  },
)

t.test('a stream knows what is sent again', { skip }, async t => {
  const { base, params } = stream(t)
  const { hostname, port } = new URL(NATS)
  const cut = await CutPort.open(t, hostname, Number(port))
  const { done } = await readyTo(onReady =>
    take(busFor(`${NATS}?${params}`).subscribe([`${base}.#`], { window: 100, onReady }, busContext().context), 2001),
  )
  const sink = await busFor(`nats://127.0.0.1:${cut.port}?${params}`).publish({ topic: base }, busContext().context)
  for (let round = 0; round < 4; round++) {
    await sink.write(Array.from({ length: 500 }, (_, n) => packet({ n: round * 500 + n })))
    cut.break()
  }
  await sink.close()
  await publish(`${NATS}?${params}`, `${base}.last`, [packet({ n: 2000 })])
  const got = (await done).map(({ meta }) => Number(meta['n']))
  t.same(
    got.toSorted((a, b) => a - b),
    Array.from({ length: 2001 }, (_, n) => n),
  )
})

t.test('what will not become right by itself is an error at once', { skip }, async t => {
  const { base, params } = stream(t)
  const { context } = busContext()
  const nowhere = busFor(`${NATS}?stream=${base}-none`)
  await t.rejects(
    nowhere.publish({ topic: 'a' }, context),
    /there is no stream '.*-none': make it, or say .*\?topics=PATTERN/,
  )
  await t.rejects(take(nowhere.subscribe(['a'], {}, context), 1), CarrierError)
  await t.rejects(publish(`${NATS}?${params}`, 'elsewhere.entirely', [packet({})]), /does not keep such topics/)
  await t.rejects(publish(NATS, base, [packet({}, Buffer.alloc(2 ** 21))]), /max_payload.*a packet of 20\d+ bytes/)
})

t.test('a wildcard does not stand for what NATS says to itself', { skip }, async t => {
  const { context, rejects } = busContext()
  const end = randomUUID()
  const { done } = await readyTo(onReady =>
    take(filtered(busFor(NATS).subscribe(['#', '*.#'], { onReady }, context), end), 1),
  )
  const connection = await connectNats()
  connection.publish('_INBOX.somebody', 'an answer')
  connection.publish('$JS.something', 'a request')
  await connection.flush()
  await connection.close()
  await publish(NATS, `daqutils-test.${end}`, [packet({ end })])
  t.equal((await done)[0]?.meta['end'], end)
  t.notMatch(
    rejects.map(({ place }) => place.source),
    /_INBOX|\$JS/,
  )
})

async function* filtered(source: AsyncIterable<readonly Packet[]>, end: string) {
  for await (const batch of source) {
    const wanted = batch.filter(({ meta }) => meta['end'] === end)
    if (wanted.length > 0) yield wanted
  }
}

t.test('what cannot be is said before anything is connected', async t => {
  const { context } = busContext()
  const subscribe = (params: string, options: object) => () =>
    busFor(`nats://host${params}`).subscribe(['a.*', 'a.#'], options, context)
  t.throws(subscribe('', { window: 5 }), /\?stream=NAME/)
  t.throws(subscribe('', { group: 'g' }), /must not overlap/)
  t.throws(subscribe('?durable=x', {}), /durable: only with stream/)
  t.throws(subscribe('?stream=a.b', {}), /'a.b' is no name in JetStream/)
  t.throws(subscribe('?stream=s', { group: 'a b' }), /'a b' is no name/)
  t.throws(subscribe('?stream=s&durable=d', { policy: 'block' }), /expected --window N/)
  t.throws(subscribe('?stream=s&durable=d', { window: 5, group: 'g' }), UsageError)
  t.throws(subscribe('?stream=s&topics=a.%23.b', {}), /topics: 'a.#.b'/)
})
