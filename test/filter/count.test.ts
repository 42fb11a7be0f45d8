// The first packets of a stream.

import t from 'tap'
import { first } from '../../src/filter/count.ts'
import { packet } from '../../src/packet.ts'

t.test('so many pass, whatever the batches, and it says when all have', async t => {
  const packets = Array.from({ length: 10 }, (_, seq) => packet({ seq }))
  for (const size of [1, 3, 10]) {
    const stage = first(7)
    const passed = []
    for (let at = 0; at < packets.length; at += size) {
      t.equal(stage.done, passed.length === 7)
      passed.push(...stage.push(packets.slice(at, at + size)))
    }
    t.same(passed, packets.slice(0, 7))
    t.equal(stage.done, true)
  }
  t.same(first(0).push(packets), [])
})

t.test('a batch that passes whole is the same batch', async t => {
  const batch = [packet({ a: 1 })]
  t.equal(first(1).push(batch), batch)
})
