// What is written within one turn of the event loop: the first at once, the rest together.

import { nextTick } from 'node:process'
import t from 'tap'
import { SLICE } from '../../../src/carrier/zmq/outgoing.ts'
import { Turn } from '../../../src/carrier/zmq/turn.ts'
import { packet } from '../../../src/packet.ts'
import { numbered, seqs } from '../../support/carrier.ts'

function turnOf() {
  const passed: unknown[][] = []
  return { passed, turn: new Turn(batch => passed.push(seqs(batch))) }
}

const over = () => new Promise<void>(resolve => nextTick(resolve))

t.test('the first batch goes on at once, what follows when the turn ends', async t => {
  const { turn, passed } = turnOf()
  for (const seq of [1, 2, 3]) turn.write(numbered(1, seq))
  t.same(passed, [[1]])
  await over()
  t.same(passed, [[1], [2, 3]])
  turn.write(numbered(1, 4))
  t.same(passed, [[1], [2, 3], [4]], 'the next turn begins at once')
})

t.test('as much as goes out in one write waits for nothing', async t => {
  const { turn, passed } = turnOf()
  turn.write(numbered(1))
  turn.write([packet({ seq: 2 }, new Uint8Array(SLICE))])
  t.same(passed, [[1], [2]])
})

t.test('a large batch goes on as it is, after what was held', async t => {
  const { turn, passed } = turnOf()
  turn.write(numbered(1))
  turn.write(numbered(1, 2))
  turn.write(numbered(100, 3))
  t.same(
    passed.map(batch => batch.length),
    [1, 1, 100],
  )
  await over()
  t.equal(passed.length, 3)
})

t.test('many small ones are passed on in order, before they are too many', async t => {
  const { turn, passed } = turnOf()
  for (let seq = 1; seq <= 5000; seq++) turn.write(numbered(1, seq))
  turn.flush()
  t.same(passed.flat(), seqs(numbered(5000)))
  t.ok(passed.every(batch => batch.length <= 1024))
})
