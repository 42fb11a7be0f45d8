// What is remembered of peers that have left.

import t from 'tap'
import { Departed } from '../../../src/carrier/zmq/departed.ts'

const report = (written: number, dropped: Record<string, number> = {}) => ({
  written,
  sent: written - Object.values(dropped).reduce((sum, count) => sum + count, 0),
  dropped,
  pending: 0,
})

t.test('who has left stands beside who is there', async t => {
  const departed = new Departed()
  departed.add('a', report(5, { superseded: 2 }))
  t.same(departed.and([['b', report(3)]]), { a: report(5, { superseded: 2 }), b: report(3) })
})

t.test('who comes back under its name has one report', async t => {
  const departed = new Departed()
  departed.add('a', report(5, { superseded: 2 }))
  departed.add('a', report(5, { superseded: 1, overflow: 1 }))
  t.same(departed.and([['a', report(1)]]), { a: report(11, { superseded: 3, overflow: 1 }) })
  const senders = new Departed()
  senders.add('s', { received: 2 })
  t.same(senders.and([['s', { received: 3 }]]), { s: { received: 5 } })
})

t.test('who had nothing is forgotten, and of many the first', async t => {
  const departed = new Departed()
  departed.add('idle', report(0))
  t.same(departed.and([]), {})
  for (let n = 0; n < 1000; n++) departed.add(`peer ${n}`, { received: 1 })
  const names = Object.keys(departed.and([]))
  t.same([names.length, names.at(-1)], [256, 'peer 999'])
})
