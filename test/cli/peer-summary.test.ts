import t from 'tap'
import { peerLines } from '../../src/cli/peer-summary.ts'

t.test('a line for each, with what was lost and why', async t => {
  t.same(peerLines(undefined), [])
  t.same(
    peerLines({
      'tcp://127.0.0.1:1': { written: 100, sent: 98, dropped: { superseded: 1, overflow: 1 }, pending: 0 },
      'unix:a#1': { written: 3, sent: 2, dropped: {}, pending: 1 },
      'tcp://127.0.0.1:2': { received: 7 },
    }),
    [
      'tcp://127.0.0.1:1: 98 sent, 2 dropped (1 superseded, 1 overflow)',
      'unix:a#1: 2 sent, 1 unsent',
      'tcp://127.0.0.1:2: 7 received',
    ],
  )
})

t.test('of many the first are named', async t => {
  const lines = peerLines(Object.fromEntries(Array.from({ length: 25 }, (_, n) => [`p${n}`, { received: n }])))
  t.same([lines.length, lines.at(-1)], [21, 'and 5 more'])
})
