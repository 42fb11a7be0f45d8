import t from 'tap'
import { busFor } from '../../src/bus/index.ts'
import { busContext, RawClient, serve } from '../support/bus.ts'

t.test('the broker, its clients and groups, with exact counts', async t => {
  const { path, url } = await serve(t)
  const [one, two] = [new RawClient(t, path), new RawClient(t, path)]
  one.say({ broker: { do: 'hello', name: 'radio', addresses: ['lab.radios'] } })
  await one.hear()
  await one.subscribe('a.#', { policy: 'latest', buffer: 7 })
  await two.subscribe('a', { group: 'g' })
  two.say({ topic: 'a', n: 1 }, { topic: 'b' })
  await two.settled()
  const { context } = busContext()
  const [broker, ...others] = (await busFor(url).status?.(context)) ?? []
  t.match(broker?.meta, { kind: 'broker', clients: 3, bindings: 8, received: 2, sent: 2, dropped: {}, retained: 0 })
  t.match(
    others.map(({ meta }) => meta),
    [
      {
        kind: 'client',
        name: 'radio',
        addresses: ['lab.radios'],
        patterns: ['a.#'],
        policy: 'latest',
        buffer: 7,
        received: 0,
        written: 1,
        sent: 1,
        pending: 0,
      },
      { kind: 'client', groups: ['g'], received: 2, written: 1, sent: 1 },
      { kind: 'client' },
      { kind: 'group', group: 'g', members: 1, waiting: 0, lost: 0 },
    ],
  )
})
