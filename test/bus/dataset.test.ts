import t from 'tap'
import type { Bus } from '../../src/bus/bus.ts'
import { DatasetPublisher } from '../../src/bus/dataset-publisher.ts'
import { datasetSubscriber } from '../../src/bus/dataset-subscriber.ts'
import { announcementPacket, readAnnouncement, readUpdate, readWithdrawal } from '../../src/bus/dataset-wire.ts'
import { busFor } from '../../src/bus/index.ts'
import type { Json, Meta } from '../../src/packet.ts'
import { busContext, RawClient, serve } from '../support/bus.ts'

type T = Parameters<typeof serve>[0]

async function publisherOf(t: T, bus: Bus, { name = 'p', addresses = ['at'], dataset = 'd' } = {}) {
  const publisher = new DatasetPublisher(bus, { name, addresses, dataset }, busContext().context)
  await publisher.open()
  t.teardown(() => publisher.close())
  return publisher
}

/** A subscriber, and what it tells: each thing is waited for. */
function subscriberOf(
  t: T,
  bus: Bus,
  { address = 'at', dataset = 'd', id = '', every = 30_000, as = 'changes' as 'changes' | 'state' } = {},
) {
  const { context, stop } = busContext()
  const seen: Meta[] = []
  let wake = () => {}
  const source = datasetSubscriber(bus, { address, dataset, every, as, ...(id && { id }) }, context)
  const done = (async () => {
    for await (const batch of source) {
      seen.push(...batch.map(({ meta }) => meta))
      wake()
    }
  })()
  const end = async () => {
    stop.abort()
    await done
  }
  t.teardown(end)
  const next = async (): Promise<Meta> => {
    while (seen.length === 0) {
      await new Promise<void>(resolve => {
        wake = resolve
      })
    }
    return seen.shift() ?? {}
  }
  return { next, seen, end }
}

const changed = ({ rows, inserts, deletes, seq }: Meta) => ({ ...(rows ? { rows } : { inserts, deletes }), seq })
const numbers = (value: Json | undefined) => (Array.isArray(value) ? [...value].sort() : value)

t.test('all rows first, then what comes and what goes; nothing where nothing has changed', async t => {
  const { url } = await serve(t)
  const bus = busFor(url)
  const publisher = await publisherOf(t, bus)
  const early = subscriberOf(t, bus)
  t.same(changed(await early.next()), { rows: [], seq: 0 })
  await publisher.publish([1, 2])
  t.same(changed(await early.next()), { inserts: [1, 2], deletes: [], seq: 1 })
  await publisher.publish([2, 3])
  await publisher.publish([3, 2, 2])
  t.same(changed(await early.next()), { inserts: [3], deletes: [1], seq: 2 })
  const late = subscriberOf(t, bus, { as: 'state' })
  t.same(numbers((await late.next())['rows']), [2, 3])
  await publisher.change([{ deep: [1] }], [2])
  t.same(changed(await early.next()), { inserts: [{ deep: [1] }], deletes: [2], seq: 3 })
  t.same((await late.next())['rows'], [3, { deep: [1] }])
  t.same(early.seen, [])
})

t.test('a subscription that is announced again and again gets one snapshot', async t => {
  const { url } = await serve(t)
  const bus = busFor(url)
  const publisher = await publisherOf(t, bus)
  await publisher.publish([42])
  const subscriber = subscriberOf(t, bus, { every: 20 })
  t.same(changed(await subscriber.next()), { rows: [42], seq: 1 })
  await new Promise(resolve => setTimeout(resolve, 700))
  t.same([subscriber.seen, publisher.subscribers], [[], 1])
})

t.test('several publishers at one address feed one subscription', async t => {
  const { url } = await serve(t)
  const bus = busFor(url)
  for (const name of ['vSphere.Boston', 'vSphere.Chicago']) {
    const publisher = await publisherOf(t, bus, { name, addresses: ['vSphere.node.list'] })
    await publisher.publish([name])
  }
  const subscriber = subscriberOf(t, bus, { address: 'vSphere.node.list' })
  const both = [await subscriber.next(), await subscriber.next()]
  t.same(both.map(({ publisher, rows }) => [publisher, rows]).sort(), [
    ['vSphere.Boston', ['vSphere.Boston']],
    ['vSphere.Chicago', ['vSphere.Chicago']],
  ])
  const one = subscriberOf(t, bus, { address: 'vSphere.Boston' })
  t.match(await one.next(), { publisher: 'vSphere.Boston' })
})

t.test('giving up one subscription leaves the others', async t => {
  const { url } = await serve(t)
  const bus = busFor(url)
  const publisher = await publisherOf(t, bus)
  const [p, q] = [subscriberOf(t, bus), subscriberOf(t, bus)]
  await p.next()
  await q.next()
  await q.end()
  while (publisher.subscribers > 1) await new Promise(resolve => setTimeout(resolve, 5))
  await publisher.publish([1])
  t.same(changed(await p.next()), { inserts: [1], deletes: [], seq: 1 })
  t.same(q.seen, [])
})

t.test('a publisher may come later, and come back with other rows', async t => {
  const { url } = await serve(t)
  const bus = busFor(url)
  const subscriber = subscriberOf(t, bus, { every: 50 })
  const first = new DatasetPublisher(bus, { name: 'p', addresses: ['at'], dataset: 'd' }, busContext().context)
  await first.open()
  await first.publish([1])
  t.match(await subscriber.next(), { rows: [1] })
  await first.close()
  const second = await publisherOf(t, bus)
  await second.publish([2])
  t.match(await subscriber.next(), { rows: [2], publisher: 'p' })
})

t.test('only the dataset that was asked for is told, and a stranger is told to go', async t => {
  const { url, path } = await serve(t)
  const bus = busFor(url)
  const publisher = await publisherOf(t, bus)
  await publisher.publish([1])
  const raw = new RawClient(t, path)
  await raw.subscribe('mine')
  const announce = (dataset: string) =>
    announcementPacket('at', { id: 'x', dataset, every: 1000, again: false, replyTo: 'mine' }).meta
  raw.say(announce('other'), announce('d'), { topic: 'at' }, { topic: 'at', announce: 1 })
  t.match(await raw.hear(), {
    topic: 'mine',
    update: { subscription: 'x', publisher: 'p', dataset: 'd', kind: 'snapshot', rows: [1] },
  })
  raw.say({ topic: 'p', withdraw: { id: 'x' } })
  while (publisher.subscribers > 0) await raw.settled()
  const subscriber = subscriberOf(t, bus)
  await subscriber.next()
  const told = new RawClient(t, path)
  await told.subscribe('ghost')
  const { announce: own } = await (async () => {
    await raw.subscribe('at', { id: 'listen' })
    const next = subscriberOf(t, bus)
    const line = await raw.hear()
    await next.next()
    return line
  })()
  raw.say({
    topic: String(Object(own).reply_to),
    update: { subscription: 'unknown', publisher: 'ghost', dataset: 'd', kind: 'heartbeat', epoch: 'e', seq: 0 },
  })
  t.same(await told.hear(), { topic: 'ghost', withdraw: { id: 'unknown' } })
})

t.test('what is not well formed is nothing', async t => {
  for (const announce of [
    null,
    {},
    { id: 'a', dataset: 'd', reply_to: 'r', every: 0 },
    { id: 1, dataset: 'd', reply_to: 'r', every: 1 },
  ]) {
    t.equal(readAnnouncement({ announce }), undefined)
  }
  t.equal(readWithdrawal({ withdraw: { id: 1 } }), undefined)
  const head = { subscription: 's', publisher: 'p', dataset: 'd', epoch: 'e' }
  for (const update of [
    1,
    head,
    { ...head, kind: 'snapshot', seq: 0 },
    { ...head, kind: 'delta', seq: -1, inserts: [], deletes: [] },
  ]) {
    t.equal(readUpdate({ update }), undefined)
  }
  t.match(readUpdate({ update: { ...head, kind: 'heartbeat', seq: null } }), {
    update: { kind: 'heartbeat', seq: null },
  })
})

t.test(
  '0 is the snapshot, 1 is applied, 3 is held: then a snapshot is asked for, and of who says nothing, too',
  async t => {
    const { url, path } = await serve(t)
    const { context, stop, warnings, ledger } = busContext()
    const source = datasetSubscriber(busFor(url), { address: 'at', dataset: 'd', as: 'state', patience: 400 }, context)
    const states: (Json | undefined)[] = []
    const done = (async () => {
      for await (const batch of source) for (const { meta } of batch) states.push(meta['rows'])
    })()
    const publisher = new RawClient(t, path)
    await publisher.subscribe(['at', 'p'])
    const asked = async () => {
      for (;;) {
        const announced = readAnnouncement(await publisher.hear())
        if (announced) return announced
      }
    }
    const { id, replyTo, again } = await asked()
    t.notOk(again)
    const tell = (more: Meta) =>
      publisher.say({ topic: replyTo, update: { subscription: id, publisher: 'p', dataset: 'd', epoch: 'e', ...more } })
    tell({ kind: 'snapshot', seq: 0, rows: ['a'] })
    tell({ kind: 'delta', seq: 1, inserts: ['b'], deletes: [] })
    tell({ kind: 'delta', seq: 3, inserts: ['d'], deletes: [] })
    t.match(await asked(), { id, again: true })
    t.same(states, [['a'], ['a', 'b']])
    t.match(warnings.at(-1), /^p: an update is missing, a snapshot is asked for|^p: not heard of/)
    tell({ kind: 'snapshot', seq: 3, rows: ['b', 'c', 'd'] })
    t.match(await asked(), { id, again: true })
    t.same(states.at(-1), ['b', 'c', 'd'])
    t.match(warnings.at(-1), /^p: not heard of for 400ms, a snapshot is asked for/)
    const said = warnings.length
    await asked()
    t.equal(warnings.length, said, 'a silence is told once')
    stop.abort()
    await done
    t.equal(ledger.lost, 0)
  },
)

t.test('a broker that goes and comes back is no loss where a snapshot has made it good', async t => {
  const before = await serve(t)
  const bus = busFor(before.url)
  const { context, stop, ledger } = busContext()
  const own = busContext()
  const publisher = new DatasetPublisher(bus, { name: 'p', addresses: ['at'], dataset: 'd' }, own.context)
  await publisher.open()
  await publisher.publish([1])
  const states: (Json | undefined)[] = []
  const options = { address: 'at', dataset: 'd', every: 100, as: 'state' } as const
  const done = (async () => {
    for await (const batch of datasetSubscriber(bus, options, context)) {
      for (const { meta } of batch) states.push(meta['rows'])
    }
  })()
  const until = async (rows: Json) => {
    while (JSON.stringify(states.at(-1)) !== JSON.stringify(rows)) await new Promise(resolve => setTimeout(resolve, 5))
  }
  await until([1])
  await before.server.close()
  await serve(t, { listen: [before.url] })
  await publisher.publish([1, 2])
  await until([1, 2])
  stop.abort()
  await done
  await publisher.close()
  t.same([ledger.lost, own.ledger.lost], [0, 0])
})
