// A broker with a journal, seen by raw clients: what is confirmed, what is read from the past, where consumers go on.

import { once } from 'node:events'
import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { frame } from '../../../src/codec/frame.ts'
import type { Json, JsonObject } from '../../../src/packet.ts'
import { RawClient, type Served, serve } from '../../support/bus.ts'
import { openJournal, readAll } from '../../support/journal.ts'
import { freePort } from '../../support/port.ts'

type Test = Parameters<typeof serve>[0]

/** A broker that is closed with its test, and can be closed before it. */
async function kept(t: Test, folder: string, more: JsonObject = {}): Promise<Served> {
  return serve(t, { journal: { folder, sync: 'interval', ...more } })
}

const confirming = { broker: { do: 'publish', confirm: true } }

async function publish(t: Test, path: string, ...packets: readonly JsonObject[]): Promise<RawClient> {
  const client = new RawClient(t, path)
  client.say(confirming, ...packets)
  for (;;) {
    const { confirmed } = wordsOf(await client.hear())
    if (confirmed === packets.length) return client
  }
}

function wordsOf(line: JsonObject): JsonObject {
  return Object(line['broker'])
}

const numbers = (from: number, to: number, topic = 'a') =>
  Array.from({ length: to - from }, (_, index) => ({ topic, n: from + index }))

/** As many packets as asked for, without the broker's words; those that may have come before have a minus. */
async function packets(client: RawClient, count: number): Promise<readonly Json[]> {
  const found: Json[] = []
  let again = 0
  while (found.length < count) {
    const line = await client.hear()
    const words = wordsOf(line)
    if (typeof words['again'] === 'number') again = words['again']
    if (line['gap']) found.push(`lost ${Object(line['gap'])['lost']}`)
    if (line['topic'] === undefined) continue
    found.push(again > 0 ? `-${line['n']}` : (line['n'] ?? null))
    if (again > 0) again--
  }
  return found
}

t.test('what is confirmed is in the journal; subscribers begin anywhere, and go on with what comes', async t => {
  const folder = join(t.testdir({}), 'journal')
  const { path } = await kept(t, folder)
  await publish(t, path, ...numbers(0, 5), { topic: 'b', n: 5 }, ...numbers(6, 8))
  t.equal((await linesIn(folder)).length, 8)
  const all = new RawClient(t, path)
  await all.subscribe('a', { from: 'earliest' })
  t.same(await packets(all, 7), [0, 1, 2, 3, 4, 6, 7])
  const some = new RawClient(t, path)
  some.say({ broker: { do: 'subscribe', pattern: '#', from: 4 } })
  t.same(await some.hear(), { broker: { ok: 'subscribe', id: '#' } })
  t.same(await some.hear(), { broker: { offset: 4 } })
  t.same(await packets(some, 4), [4, 5, 6, 7])
  const timed = new RawClient(t, path)
  await timed.subscribe('#', { from: new Date(Date.now() + 60_000).toISOString() })
  await publish(t, path, { topic: 'a', n: 8 })
  t.same(await packets(all, 1), [8])
  t.same(await packets(some, 1), [8])
  t.same(await timed.settled(), [])
})

/** What is in the journal of a broker that has it. */
async function linesIn(folder: string): Promise<readonly string[]> {
  const copy = `${folder}-copy`
  mkdirSync(copy)
  for (const name of readdirSync(folder))
    if (name.endsWith('.frame')) copyFileSync(join(folder, name), join(copy, name))
  const { journal } = await openJournal(copy)
  const lines = await readAll(journal.reader('first'))
  await journal.close()
  return lines
}

t.test('frames are kept as frames, and a reader of lines gets lines', async t => {
  const { path } = await kept(t, t.testdir({}))
  const sender = new RawClient(t, path)
  const encoder = frame.encoder({ reject: () => t.fail() })
  for (const chunk of encoder.push([{ meta: { topic: 'a', n: 1 }, data: Buffer.from('data') }]))
    sender.socket.write(chunk)
  const reader = new RawClient(t, path)
  await reader.subscribe('a', { from: 'earliest' })
  t.same(await packets(reader, 1), [1])
})

t.test('a replay is the one subscription of its connection, and nothing is replayed without a journal', async t => {
  const { path } = await kept(t, t.testdir({}))
  const client = new RawClient(t, path)
  await client.subscribe('a')
  client.say({ broker: { do: 'subscribe', pattern: 'b', from: 0 } })
  t.match(await client.hear(), { broker: { error: /only as the one subscription/ } })
  const replay = new RawClient(t, path)
  await replay.subscribe('a', { from: 0 })
  replay.say({ broker: { do: 'subscribe', pattern: 'b' } })
  t.match(await replay.hear(), { broker: { error: /only as the one subscription/ } })
  for (const wrong of [
    { from: 'never' },
    { from: -1 },
    { from: 0, group: 'g' },
    { from: 0, window: 5 },
    { durable: 'd', group: 'g' },
    { durable: '' },
  ]) {
    client.say({ broker: { do: 'subscribe', pattern: 'b', ...wrong } })
    t.match(await client.hear(), { broker: { error: /from|durable/ } }, JSON.stringify(wrong))
  }
  const plain = await serve(t)
  const other = new RawClient(t, plain.path)
  other.say({ broker: { do: 'subscribe', pattern: 'b', from: 0 } })
  t.match(await other.hear(), { broker: { error: 'from: this broker has no journal' } })
  other.say({ broker: { do: 'subscribe', pattern: 'b', durable: 'd' } })
  t.match(await other.hear(), { broker: { error: 'durable: this broker has no journal' } })
})

t.test('a consumer goes on where it acknowledged, over connections and over brokers', async t => {
  const folder = t.testdir({})
  const { path, server } = await kept(t, folder)
  await publish(t, path, ...numbers(0, 10))
  const first = new RawClient(t, path)
  await first.subscribe('a', { durable: 'd', from: 'earliest', window: 4 })
  t.same(await packets(first, 4), [0, 1, 2, 3])
  t.same(await first.settled(), [], 'no more than the window')
  first.say({ broker: { do: 'ack', count: 3 } })
  t.same(await packets(first, 3), [4, 5, 6])
  first.socket.destroy()
  await once(first.socket, 'close')
  const second = new RawClient(t, path)
  await second.subscribe('a', { durable: 'd', window: 100 })
  t.same(
    await packets(second, 7),
    ['-3', '-4', '-5', '-6', 7, 8, 9],
    'what was delivered and not acknowledged is marked',
  )
  second.say({ broker: { do: 'ack', count: 7 } })
  await second.settled()
  await server.close()
  const again = await kept(t, folder)
  await publish(t, again.path, ...numbers(10, 12))
  const third = new RawClient(t, again.path)
  await third.subscribe('a', { durable: 'd' })
  t.same(await packets(third, 2), [10, 11], 'all that was acknowledged is not there again')
  t.same(await third.settled(), [])
})

t.test('a broker that was stopped leaves word of what was delivered: that comes again, and says so', async t => {
  const folder = t.testdir({})
  const { path, server } = await kept(t, folder)
  await publish(t, path, ...numbers(0, 4))
  const first = new RawClient(t, path)
  await first.subscribe('a', { durable: 'd', from: 'earliest', window: 2 })
  t.same(await packets(first, 2), [0, 1])
  await server.close()
  const again = await kept(t, folder)
  await publish(t, again.path, ...numbers(4, 6))
  const second = new RawClient(t, again.path)
  await second.subscribe('a', { durable: 'd' })
  t.same(await packets(second, 6), ['-0', '-1', 2, 3, 4, 5])
})

t.test('members share a consumer; what one leaves goes to another; other patterns have to wait', async t => {
  const { path } = await kept(t, t.testdir({}))
  const [one, two, other] = [new RawClient(t, path), new RawClient(t, path), new RawClient(t, path)]
  await one.subscribe('a', { durable: 'd', window: 2 })
  await two.subscribe('a', { durable: 'd', window: 2 })
  other.say({ broker: { do: 'subscribe', pattern: 'b', durable: 'd' } })
  t.match(await other.hear(), { broker: { error: "durable: 'd' has other patterns now: a" } })
  await publish(t, path, ...numbers(0, 4))
  const mine = await packets(one, 2)
  const yours = await packets(two, 2)
  t.same([...mine, ...yours].sort(), [0, 1, 2, 3])
  two.say({ broker: { do: 'ack', count: 2 } })
  await two.settled()
  one.socket.destroy()
  t.same(
    await packets(two, 2),
    mine.map(n => `-${n}`),
  )
  two.socket.destroy()
  await once(two.socket, 'close')
  for (;;) {
    other.say({ broker: { do: 'subscribe', pattern: 'b', durable: 'd' } })
    if (wordsOf(await other.hear())['ok']) break
  }
  await publish(t, path, { topic: 'b', n: 9 })
  t.same(await packets(other, 1), [9])
})

t.test('of two subscriptions of one client the second goes on when the first has ended', async t => {
  const { path } = await kept(t, t.testdir({}))
  const client = new RawClient(t, path)
  for (const id of ['one', 'two']) await client.subscribe('a', { id, durable: 'd' })
  client.say({ broker: { do: 'unsubscribe', id: 'one' } })
  t.same(await client.hear(), { broker: { ok: 'unsubscribe', id: 'one' } })
  await publish(t, path, ...numbers(0, 2))
  t.same(await packets(client, 2), [0, 1])
  client.say({ broker: { do: 'unsubscribe', id: 'two' } }, { broker: { do: 'forget', durable: 'd' } })
  await client.hear()
  t.same(await client.hear(), { broker: { ok: 'forget', durable: 'd' } }, 'nobody is a member any more')
})

t.test('what its publisher had not heard to be confirmed says so when it is read', async t => {
  const { path } = await kept(t, t.testdir({}))
  const publisher = new RawClient(t, path)
  publisher.say({ broker: { do: 'publish', confirm: true, again: 2 } }, ...numbers(0, 3))
  await publisher.settled()
  const reader = new RawClient(t, path)
  await reader.subscribe('a', { durable: 'd', from: 'earliest' })
  t.same(await packets(reader, 3), ['-0', '-1', 2])
})

t.test('what is over does not come, answers and topics that are not asked for are not kept', async t => {
  const { path } = await kept(t, t.testdir({}), { topics: ['a', '_reply.#', 'c.#'] })
  const publisher = new RawClient(t, path)
  publisher.say({ broker: { do: 'publish', ttl: 1 } }, { topic: 'a', n: 1 }, { broker: { do: 'publish', ttl: 60_000 } })
  publisher.say({ topic: 'a', n: 2 }, { topic: 'b', n: 3 }, { topic: '_reply.x', n: 4 }, { topic: 'c', n: 5 })
  await publisher.settled()
  const begun = Date.now()
  while (Date.now() < begun + 3) await publisher.settled()
  const reader = new RawClient(t, path)
  await reader.subscribe('#', { from: 'earliest' })
  t.same(await packets(reader, 2), [2, 5])
})

t.test('what is retained survives, with its time, and so does that it was forgotten', async t => {
  const folder = t.testdir({})
  for (const [round, name] of ['closed', 'only in the journal'].entries()) {
    const { path, server } = await kept(t, folder)
    const retaining = { broker: { do: 'publish', confirm: true, retain: true } }
    const publisher = new RawClient(t, path)
    publisher.say(retaining, ...numbers(round, 10, 'x'), { topic: 'y', n: round }, { topic: 'z', n: round })
    publisher.say({ broker: { do: 'publish', retain: true, ttl: 1 } }, { topic: 'over', n: 1 })
    publisher.say({ broker: { do: 'forget', topic: 'z' } })
    while (wordsOf(await publisher.hear())['ok'] !== 'forget') {}
    await server.close()
    // Without the file, all of it is in the journal.
    if (round === 1) rmSync(join(folder, 'retained.frame'))
    const again = await kept(t, folder)
    const later = new RawClient(t, again.path)
    await later.subscribe('#')
    const heard = await later.settled()
    t.same(heard.map(({ topic, n }) => `${topic} ${n}`).sort(), ['x 9', `y ${round}`], name)
    await again.server.close()
  }
})

t.test('a file of what is retained that is damaged is not passed over in silence', async t => {
  const folder = t.testdir({ 'retained.frame': 'no frames' })
  await t.rejects(kept(t, folder), /retained.frame.*remove it/)
})

t.test('two brokers do not share a folder', async t => {
  const folder = t.testdir({})
  await kept(t, folder)
  await t.rejects(kept(t, folder), /in use by process/)
})

t.test('what was removed is announced to replays and to consumers', async t => {
  const folder = t.testdir({})
  const { path } = await kept(t, folder, { segment: 1000, keepBytes: 3000 })
  const consumer = new RawClient(t, path)
  await consumer.subscribe('a', { durable: 'd' })
  consumer.socket.destroy()
  for (let n = 0; n < 40; n++) await publish(t, path, { topic: 'a', n, fill: 'x'.repeat(100) })
  const first = Number.parseInt(readdirSync(folder).find(name => name.endsWith('.frame')) ?? '', 10)
  t.ok(first > 0)
  for (const from of [{ from: 0 }, { durable: 'd' }]) {
    const client = new RawClient(t, path)
    await client.subscribe('a', from)
    t.same(await packets(client, 2), [`lost ${first}`, first])
  }
})

t.test('a consumer can be forgotten', async t => {
  const { path } = await kept(t, t.testdir({}))
  const client = new RawClient(t, path)
  await client.subscribe('a', { durable: 'd' })
  client.say({ broker: { do: 'forget', durable: 'd' } })
  t.match(await client.hear(), { broker: { error: "forget: the consumer 'd' has 1 members" } })
  client.say({ broker: { do: 'unsubscribe', id: 'a' } }, { broker: { do: 'forget', durable: 'd' } })
  t.same(await client.hear(), { broker: { ok: 'unsubscribe', id: 'a' } })
  t.same(await client.hear(), { broker: { ok: 'forget', durable: 'd' } })
  client.say({ broker: { do: 'forget', durable: 'd' } })
  t.match(await client.hear(), { broker: { error: "forget: no consumer 'd'" } })
})

t.test('ps tells of the journal and of its consumers, there or not', async t => {
  const folder = t.testdir({})
  const { path } = await kept(t, folder, { sync: 'always' })
  await publish(t, path, ...numbers(0, 5))
  const client = new RawClient(t, path)
  await client.subscribe('a', { durable: 'd', from: 1, window: 2 })
  t.same(await packets(client, 2), [1, 2])
  client.say({ broker: { do: 'ps' } })
  const told: JsonObject[] = []
  for (;;) {
    const words = wordsOf(await client.hear())
    if (words['ok'] === 'ps') break
    if (words['ps']) told.push(Object(words['ps']))
  }
  const of = (kind: string) => told.find(piece => piece['kind'] === kind)
  t.match(of('broker')?.['journal'], { folder, sync: 'always', first: 0, next: 5, kept: 5, bytes: Number })
  t.match(of('consumer'), { consumer: 'd', members: 1, offset: 1, lag: 4, unacknowledged: 4, lost: 0 })
})

t.test('by HTTP: a body is answered when it is kept, and events have ids that a browser goes on from', async t => {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  await serve(t, { listen: [url], journal: { folder: t.testdir({}), sync: 'always' } })
  const post = (n: number) => fetch(`${url}/topics/a`, { method: 'POST', body: JSON.stringify({ n }) })
  for (const n of [0, 1, 2]) t.same(await (await post(n)).json(), { received: 1 })
  const events = async (headers: Record<string, string>, count: number) => {
    const response = await fetch(`${url}/topics/a?from=earliest`, {
      headers: { accept: 'text/event-stream', ...headers },
    })
    const reader = response.body?.getReader()
    let text = ''
    while (text.split('data:').length <= count) text += Buffer.from((await reader?.read())?.value ?? []).toString()
    await reader?.cancel()
    return text
  }
  t.equal(await events({}, 3), [0, 1, 2].map(n => `id: ${n}\ndata: {"topic":"a","n":${n}}\n\n`).join(''))
  t.equal(await events({ 'last-event-id': '1' }, 1), 'id: 2\ndata: {"topic":"a","n":2}\n\n')
  const polled = await fetch(`${url}/topics/a?from=2`)
  t.equal(await polled.text(), '{"broker":{"offset":2}}\n{"topic":"a","n":2}\n')
})
