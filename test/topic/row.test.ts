// Rows that are the same.

import fc from 'fast-check'
import t from 'tap'
import type { Json } from '../../src/packet.ts'
import { rowKey } from '../../src/topic/row.ts'

t.test('the order of names does not matter, the order of elements does', async t => {
  t.equal(rowKey({ b: [1, { d: 1, c: 2 }], a: null }), '{"a":null,"b":[1,{"c":2,"d":1}]}')
  t.equal(rowKey({ 2: 'x', 10: 'y', a: 'z' }), rowKey({ a: 'z', 10: 'y', 2: 'x' }))
  t.not(rowKey([1, 2]), rowKey([2, 1]))
  t.not(rowKey('1'), rowKey(1))
  t.equal(rowKey(1.0), rowKey(1))
  t.equal(rowKey(JSON.parse('{"__proto__":1,"a":2}')), '{"__proto__":1,"a":2}')
})

t.test('the key is JSON that says the same', async t => {
  fc.assert(
    fc.property(fc.json(), text => {
      const row: Json = JSON.parse(text)
      t.same(JSON.parse(rowKey(row)), JSON.parse(JSON.stringify(row)))
    }),
    { numRuns: 200 },
  )
})
