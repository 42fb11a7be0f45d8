// Which packets the samples of a block came from.

import t from 'tap'
import { Origins } from '../../src/dsp/origins.ts'

t.test('a block tells the packets of its first and its last sample', async t => {
  const origins = new Origins()
  const [first, second, third] = [{ seq: 0 }, { seq: 1 }, { seq: 2 }]
  origins.add(first, 0)
  t.same(origins.of(3, 10), { meta: first, offset: 3, last: first, apart: 0 })
  origins.add(second, 8)
  origins.add(third, 20)
  t.same(origins.of(3, 7), { meta: first, offset: 3, last: first, apart: 0 })
  t.same(origins.of(3, 8), { meta: first, offset: 3, last: second, apart: 8 })
  t.same(origins.of(8, 25), { meta: second, offset: 0, last: third, apart: 12 })
})

t.test('those are forgotten whose samples are not asked for any more', async t => {
  const origins = new Origins()
  for (const seq of [0, 1, 2]) origins.add({ seq }, seq * 10)
  origins.forget(19)
  t.same(origins.of(15, 25), { meta: { seq: 1 }, offset: 5, last: { seq: 2 }, apart: 10 })
  t.same(origins.of(5, 5).meta, {}, 'that of the first ten')
  origins.forget(20)
  t.same(origins.of(20, 20).meta, { seq: 2 })
  origins.forget(1000)
  t.same(origins.of(1000, 1001), { meta: { seq: 2 }, offset: 980, last: { seq: 2 }, apart: 0 }, 'the last one goes on')
  origins.clear()
  t.same(origins.of(0, 1), { meta: {}, offset: 0, last: {}, apart: 0 })
})
