import t from 'tap'
import { Server } from '../../src/bus/server.ts'
import { UsageError } from '../../src/errors.ts'
import type { JsonObject } from '../../src/packet.ts'
import { Ledger } from '../../src/stream/ledger.ts'
import { RawClient, serve } from '../support/bus.ts'

t.test('packets come to those who subscribed, byte by byte as they went out', async t => {
  const { path } = await serve(t)
  const [all, one, publisher] = [new RawClient(t, path), new RawClient(t, path), new RawClient(t, path)]
  await all.subscribe('#')
  await one.subscribe('a.*')
  publisher.say('{"topic":"a.1",  "v":1.0}', '{"v":2,"topic":"b"}', '{"topic":"a.2"}')
  t.same([await one.hear(), await one.hear()], [{ topic: 'a.1', v: 1 }, { topic: 'a.2' }])
  t.same(
    [await all.hear(), await all.hear(), await all.hear()],
    [{ topic: 'a.1', v: 1 }, { v: 2, topic: 'b' }, { topic: 'a.2' }],
  )
})

t.test('a packet comes once, however many patterns match, and no more once unsubscribed', async t => {
  const { path } = await serve(t)
  const client = new RawClient(t, path)
  await client.subscribe('a.b', { id: '1' })
  client.say({ broker: { do: 'subscribe', id: '2', pattern: ['a.*', '#', 'a.b'] } })
  t.same(await client.hear(), { broker: { ok: 'subscribe', id: '2' } })
  client.say({ topic: 'a.b', n: 1 })
  t.same(await client.hear(), { topic: 'a.b', n: 1 })
  client.say({ broker: { do: 'unsubscribe', id: '2' } }, { topic: 'a.c' }, { topic: 'a.b', n: 2 })
  t.same(await client.hear(), { broker: { ok: 'unsubscribe', id: '2' } })
  t.same(await client.hear(), { topic: 'a.b', n: 2 })
  client.say({ broker: { do: 'subscribe', id: '1', pattern: 'x' } }, { topic: 'a.b', n: 3 })
  t.same(await client.settled(), [{ broker: { ok: 'subscribe', id: '1' } }], 'the second of an id replaces the first')
})

t.test('who is gone gets nothing and leaves nothing behind', async t => {
  const { path, server } = await serve(t)
  const [goes, stays] = [new RawClient(t, path), new RawClient(t, path)]
  await goes.subscribe('#')
  await stays.subscribe('a')
  t.equal(server.exchange.size, 2)
  goes.socket.destroy()
  while (server.exchange.size > 1) await stays.settled()
  stays.say({ topic: 'a' })
  t.same(await stays.hear(), { topic: 'a' })
})

t.test('a publisher hears how much has been passed on', async t => {
  const { path } = await serve(t)
  const client = new RawClient(t, path)
  client.say({ topic: 'a' }, { broker: { do: 'publish', confirm: true } })
  t.same(await client.hear(), { broker: { ok: 'publish', received: 1 } })
  client.say({ topic: 'a' }, { topic: 'b' })
  t.same(await client.hear(), { broker: { confirmed: 3 } })
})

t.test('what is too long to be a topic is told, and nothing is lost without a word', async t => {
  const { path } = await serve(t)
  const [client, other] = [new RawClient(t, path), new RawClient(t, path)]
  other.say({ broker: { do: 'await', topic: 'a'.repeat(256) } })
  t.match(await other.hear(), { broker: { error: /an address of 256 bytes: expected at most 255/ } })
  await other.subscribe('#')
  client.say({ topic: 'a'.repeat(255) }, { topic: 'ä'.repeat(128) })
  t.match(await client.hear(), { broker: { error: /^topic: an address of 256 bytes: expected at most 255/ } })
  await client.hungUp()
  t.same(await other.settled(), [{ topic: 'a'.repeat(255) }])
})

t.test('a client with very many subscriptions and groups does not hold up the others', async t => {
  const { path } = await serve(t)
  const [many, one] = [new RawClient(t, path), new RawClient(t, path)]
  await one.subscribe('a')
  const count = 20_000
  const subscribe = (id: number, more: JsonObject) => ({
    broker: { do: 'subscribe', id: String(id), pattern: `t.${id}`, ...more },
  })
  many.say(...Array.from({ length: count }, (_, id) => subscribe(id, id % 2 ? {} : { group: `g${id}` })))
  t.equal((await many.settled()).length, count)
  one.say({ topic: 'a' }, { topic: 't.7' }, { topic: 't.8' })
  t.same(await one.settled(), [{ topic: 'a' }])
  t.same(await many.settled(), [{ topic: 't.7' }, { topic: 't.8' }])
})

t.test('who has two subscriptions in a group is a member until the last of them ends', async t => {
  const { path, server } = await serve(t)
  const client = new RawClient(t, path)
  await client.subscribe('a', { id: '1', group: 'g' })
  await client.subscribe('b', { id: '2', group: 'g' })
  client.say({ broker: { do: 'unsubscribe', id: '1' } }, { topic: 'b' })
  t.same((await client.settled()).at(-1), { topic: 'b' })
  client.say({ broker: { do: 'unsubscribe', id: '2' } })
  await client.settled()
  t.same(
    server.exchange.groups.flatMap(({ members }) => members),
    [],
  )
})

t.test('somebody can wait for subscribers', async t => {
  const { path } = await serve(t)
  const [publisher, one, two] = [new RawClient(t, path), new RawClient(t, path), new RawClient(t, path)]
  publisher.say({ broker: { do: 'await', topic: 'a.b', subscribers: 2 } })
  await one.subscribe('a.*')
  await one.subscribe('a.b', { id: 'again' })
  t.same(await publisher.settled(), [])
  await two.subscribe('#')
  t.same(await publisher.hear(), { broker: { ok: 'await', topic: 'a.b' } })
})

t.test('a request that is none is told, and the rest goes on', async t => {
  const { path } = await serve(t)
  const client = new RawClient(t, path)
  const bad = [
    { do: 'dance' },
    {},
    { do: 'subscribe' },
    { do: 'subscribe', pattern: 7 },
    { do: 'subscribe', pattern: ['a', 7] },
    { do: 'subscribe', pattern: 'a', policy: 'mine' },
    { do: 'subscribe', pattern: 'a', buffer: 0 },
    { do: 'subscribe', pattern: 'a'.repeat(256) },
    { do: 'unsubscribe', id: 'unknown' },
    { do: 'publish', confirm: 'yes' },
    { do: 'await' },
  ]
  for (const request of bad) {
    client.say({ broker: request })
    const { broker } = await client.hear()
    t.match(broker, { error: /\w/ }, JSON.stringify(request))
  }
  client.say({ broker: 'hello' })
  t.match(await client.hear(), { broker: { error: /expected an object/ } })
  await client.subscribe('a')
})

t.test('whoever sends no packet is told so and hung up on; the others notice nothing', async t => {
  const { path, warnings } = await serve(t, { maxPacket: 1000 })
  const [good, sender] = [new RawClient(t, path), new RawClient(t, path)]
  await good.subscribe('#')
  for (const bad of [
    'GET / HTTP/1.1',
    '{"topic":"a"',
    '{"topic":"a","x":}',
    '\u0000\u0001',
    `{"topic":"${'x'.repeat(2000)}`,
  ]) {
    const client = new RawClient(t, path)
    client.say({ topic: 'before' }, bad, { topic: 'after' })
    t.match(await client.hear(), { broker: { error: /\w/ } })
    await client.hungUp()
    t.same(await good.hear(), { topic: 'before' })
  }
  sender.say({ topic: 'still' })
  t.same(await good.hear(), { topic: 'still' })
  t.equal(warnings.length, 5)
  t.match(warnings[0], /invalid JSON: expected one object: hung up/)
})

t.test('an endpoint where a broker cannot listen is wrong usage', async t => {
  const open = (url: string) => new Server({ listen: [url], ledger: new Ledger(), warn: () => {}, maxPacket: 1 }).open()
  await t.rejects(open('file:bus'), UsageError)
  await t.rejects(open('tcp://0.0.0.0:0'), UsageError)
})
