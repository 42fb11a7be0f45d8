import { createHash } from 'node:crypto'
import t from 'tap'
import { Rights } from '../../src/bus/rights.ts'
import { Tokens } from '../../src/bus/tokens.ts'
import { RawClient, serve } from '../support/bus.ts'

const publish = (more: object) => ({ broker: { do: 'publish', ...more } })

t.test('the last packet of each topic is kept for those who subscribe later', async t => {
  const { path, server } = await serve(t)
  const publisher = new RawClient(t, path)
  publisher.say(
    publish({ retain: true }),
    { topic: 'a.1', n: 1 },
    { topic: 'b', n: 2 },
    { topic: 'a.1', n: 3 },
    { topic: 'a.2', n: 4 },
  )
  publisher.say(publish({}), { topic: 'a.3', n: 5 })
  await publisher.settled()
  t.equal(server.exchange.retained.size, 3)
  const later = new RawClient(t, path)
  later.say({ broker: { do: 'subscribe', id: 'i', pattern: 'a.*' } })
  const heard = await later.settled()
  t.same(heard[0], { broker: { ok: 'subscribe', id: 'i' } })
  t.same(
    heard
      .slice(1)
      .map(({ n }) => n)
      .sort(),
    [3, 4],
  )
  const live = new RawClient(t, path)
  live.say({ broker: { do: 'subscribe', id: 'i', pattern: 'a.*', retained: false } })
  t.same(await live.settled(), [{ broker: { ok: 'subscribe', id: 'i' } }])
  publisher.say({ broker: { do: 'forget', topic: 'a.1' } })
  t.same(await publisher.hear(), { broker: { ok: 'forget', topic: 'a.1' } })
  const last = new RawClient(t, path)
  last.say({ broker: { do: 'subscribe', pattern: 'a.*' } })
  t.same((await last.settled()).slice(1), [{ topic: 'a.2', n: 4 }])
})

t.test('after its time what is retained is forgotten', async t => {
  const { path, server } = await serve(t)
  const publisher = new RawClient(t, path)
  publisher.say(publish({ retain: true, ttl: 5000 }), { topic: 'a' }, { topic: 'b' })
  await publisher.settled()
  t.not(server.exchange.retained.bytes, 0)
  server.exchange.tidy(Date.now() + 10_000)
  t.same([server.exchange.retained.size, server.exchange.retained.bytes], [0, 0])
})

t.test('a publisher is told which packets nobody wanted', async t => {
  const { path } = await serve(t)
  const [publisher, subscriber] = [new RawClient(t, path), new RawClient(t, path)]
  await subscriber.subscribe('a')
  publisher.say(
    publish({ returns: true, confirm: true }),
    { topic: 'a' },
    { topic: 'b' },
    { topic: 'c' },
    { topic: 'a' },
    { topic: 'd' },
  )
  t.same(await publisher.hear(), { broker: { ok: 'publish', received: 0 } })
  t.same(await publisher.hear(), { broker: { returned: { from: 2, to: 3 } } })
  t.same(await publisher.hear(), { broker: { returned: { from: 5, to: 5 } } })
  t.same(await publisher.hear(), { broker: { confirmed: 5 } })
})

t.test('what may have come before says so, and only that', async t => {
  const { path } = await serve(t)
  const [publisher, subscriber] = [new RawClient(t, path), new RawClient(t, path)]
  await subscriber.subscribe('a')
  publisher.say(publish({ again: 2 }), ...[1, 2, 3].map(n => ({ topic: 'a', n })))
  await publisher.settled()
  t.same(await subscriber.settled(), [
    { broker: { again: 2 } },
    { topic: 'a', n: 1 },
    { topic: 'a', n: 2 },
    { topic: 'a', n: 3 },
  ])
})

t.test('each packet is retained for its own topic, also beside those that go elsewhere or are refused', async t => {
  const tokens = new Tokens()
  tokens.add(
    createHash('sha256').update('correct-horse-battery').digest('hex'),
    new Rights({ publish: ['x', 'y'], subscribe: ['#'], ps: false }),
  )
  const { path } = await serve(t, { tokens })
  const hello = { broker: { do: 'hello', token: 'correct-horse-battery' } }
  const [some, publisher, later] = [new RawClient(t, path), new RawClient(t, path), new RawClient(t, path)]
  for (const client of [some, publisher, later]) {
    client.say(hello)
    await client.hear()
  }
  await some.subscribe('x')
  publisher.say(
    { broker: { do: 'publish', retain: true } },
    { topic: 'x', n: 1 },
    { topic: 'forbidden', n: 2 },
    { topic: 'y', n: 3 },
    { topic: 'x', n: 4 },
  )
  await publisher.settled()
  await later.subscribe('y')
  t.same(await later.settled(), [{ topic: 'y', n: 3 }])
  await later.subscribe('x')
  t.same(await later.settled(), [{ topic: 'x', n: 4 }])
})
