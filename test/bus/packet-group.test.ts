import t from 'tap'
import { Outbox } from '../../src/bus/outbox.ts'
import { PacketGroup } from '../../src/bus/packet-group.ts'
import { Run } from '../../src/bus/run.ts'
import { StageCount } from '../../src/stream/ledger.ts'
import { RawClient, serve } from '../support/bus.ts'

const values = (objects: readonly object[]) => objects.map(object => Reflect.get(object, 'n'))
const member = (more = {}) => ({ group: 'g', ...more })

t.test('each packet goes to one member, in turn, and to those beside the group as well', async t => {
  const { path } = await serve(t)
  const [one, two, beside, publisher] = Array.from({ length: 4 }, () => new RawClient(t, path))
  if (!one || !two || !beside || !publisher) return
  await one.subscribe('a.*', member())
  await two.subscribe('a.*', member())
  await beside.subscribe('#')
  publisher.say(...Array.from({ length: 6 }, (_, n) => ({ topic: `a.${n % 2}`, n })))
  await publisher.settled()
  t.same(values(await one.settled()), [0, 2, 4])
  t.same(values(await two.settled()), [1, 3, 5])
  t.same(values(await beside.settled()), [0, 1, 2, 3, 4, 5])
})

t.test('what a member has not acknowledged goes to another, with a word before it', async t => {
  const { path } = await serve(t)
  const [one, two, publisher] = Array.from({ length: 3 }, () => new RawClient(t, path))
  if (!one || !two || !publisher) return
  await one.subscribe('a', member({ window: 2 }))
  publisher.say(...[1, 2, 3, 4].map(n => ({ topic: 'a', n })))
  await publisher.settled()
  t.same(values(await one.settled()), [1, 2], 'no more than the window')
  one.say({ broker: { do: 'ack', count: 1 } })
  t.same(values(await one.settled()), [3])
  await two.subscribe('a', member({ window: 10 }))
  one.socket.destroy()
  const heard = [await two.hear(), await two.hear(), await two.hear(), await two.hear(), await two.hear()]
  t.same(heard, [
    { topic: 'a', n: 4 },
    { broker: { again: 1 } },
    { topic: 'a', n: 2 },
    { broker: { again: 1 } },
    { topic: 'a', n: 3 },
  ])
  two.say({ broker: { do: 'ack', count: 4 } })
  t.match(await two.settled(), [])
  two.say({ broker: { do: 'ack', count: 5 } })
  t.match(await two.hear(), { broker: { error: 'ack: more than was sent' } })
})

t.test('a member has 64 MiB unacknowledged at most, and 64 MiB wait, however few packets that is', async t => {
  const group = new PacketGroup('g', () => {})
  const outbox = new Outbox({ waiting: 0, write() {} }, new StageCount())
  outbox.bounds = { policy: 'block', packets: 1000, bytes: 1e9 }
  outbox.track()
  group.join({ outbox }, 1000)
  const buffer = Buffer.from('{"topic":"a"}'.padEnd(2 ** 20 - 1).concat('\n'))
  const run = new Run('lines', buffer, { start: 0, end: buffer.length, packets: 1 })
  for (let n = 0; n < 64 + 63; n++) group.push(run)
  t.same([outbox.counts.written, group.waiting, group.isJammed], [64, 63, false])
  for (let n = 0; n < 3; n++) group.push(run)
  t.same([group.waiting, group.isJammed, group.lost], [64, true, 2])
  outbox.flush()
  t.ok(outbox.acknowledge(10))
  group.pump()
  t.same([outbox.counts.written, group.waiting, group.isJammed], [74, 54, false])
})

t.test('a group that acknowledges outlives its last member for a while, with what comes meanwhile', async t => {
  const { path, server } = await serve(t)
  const [one, publisher] = [new RawClient(t, path), new RawClient(t, path)]
  await one.subscribe('a', member({ window: 10 }))
  publisher.say({ topic: 'a', n: 1 })
  t.same(await one.hear(), { topic: 'a', n: 1 })
  one.socket.destroy()
  while (server.exchange.groups[0]?.members.length !== 0) await publisher.settled()
  publisher.say({ topic: 'a', n: 2 })
  await publisher.settled()
  server.exchange.tidy(Date.now() + 59_000)
  const next = new RawClient(t, path)
  next.say({ broker: { do: 'subscribe', pattern: 'a', group: 'g', window: 10 } })
  const heard = await next.settled()
  t.same(heard.slice(1), [{ broker: { again: 1 } }, { topic: 'a', n: 1 }, { topic: 'a', n: 2 }])
  next.socket.destroy()
  while (server.exchange.groups[0]?.members.length !== 0) await publisher.settled()
  server.exchange.tidy(Date.now() + 61_000)
  t.same([server.exchange.groups.length, server.exchange.size], [0, 0])
})

t.test('what has no room in a group is lost, counted and told to the next member', async t => {
  const { path, server } = await serve(t)
  const [one, publisher] = [new RawClient(t, path), new RawClient(t, path)]
  await one.subscribe('a', member({ window: 1 }))
  const count = 65_536 + 1 + 5
  publisher.socket.write('{"topic":"a","seq":1}\n'.repeat(count))
  await publisher.settled()
  t.equal(server.exchange.groups[0]?.lost, 5)
  t.same(await one.hear(), { topic: 'a', seq: 1 })
  one.say({ broker: { do: 'ack', count: 1 } })
  t.match(await one.hear(), { gap: { lost: 5, reason: 'overflow', from: 1, to: 1 } })
})
