// Packets that are sent again.

import t from 'tap'
import { ndjson } from '../../src/codec/ndjson.ts'
import { packet } from '../../src/packet.ts'
import { idOf, RecentIds } from '../../src/store/recent-ids.ts'

t.test('a packet whose id was seen is not fresh, also within one batch', async t => {
  const ids = new RecentIds()
  const batch = ['a', 'b', 'a'].map(id => packet({ id }))
  t.same(
    ids.fresh(batch).map(({ meta }) => meta['id']),
    ['a', 'b'],
  )
  t.same(ids.fresh([packet({ id: 'b' }), packet({ id: 'c' })]).length, 1)
})

t.test('packets without an id are always fresh, and numbers are ids', async t => {
  const ids = new RecentIds()
  t.equal(ids.fresh([packet({ value: 1 }), packet({ value: 1 }), packet({ id: null })]).length, 3)
  t.equal(ids.fresh([packet({ id: 1 }), packet({ id: 1 })]).length, 1)
})

t.test('a batch in which all is fresh is handed on as it is', async t => {
  const batch = [packet({ id: 'a' })]
  t.equal(new RecentIds().fresh(batch), batch)
})

t.test('at least the window is remembered, and not for ever', async t => {
  const ids = new RecentIds(10)
  for (let n = 0; n < 25; n++) ids.add(String(n))
  for (let n = 15; n < 25; n++) t.ok(ids.has(String(n)), `${n} is remembered`)
  t.notOk(ids.has('0'))
})

t.test('the id of a line is found without parsing, and is the one that parsing finds', async t => {
  const lines = [
    '{"id":"a","value":1}',
    '{"value":1,"id":"\\u0061"}',
    '{"id":7}',
    '{"id":7.0}',
    '{"id":null}',
    '{"name":"x"}',
    '{"meta":{"id":"inner"},"id":"outer"}',
    '{"id":"first","id":"last"}',
    '{"id":true}',
  ]
  const decoder = ndjson.decoder({ source: 'x', reject: () => t.fail('nothing is rejected') })
  const batch = decoder.push(Buffer.from(`${lines.join('\n')}\n`))
  const plain = lines.map(line => idOf(packet(JSON.parse(line))))
  t.same(batch.map(idOf), plain)
  t.same(plain, ['a', 'a', '7', '7', undefined, undefined, 'outer', 'last', 'true'])
})

t.test('a line that is no JSON is fresh: its store says so', async t => {
  const decoder = ndjson.decoder({ source: 'x', reject: () => {} })
  t.equal(new RecentIds().fresh(decoder.push(Buffer.from('{"id":x}\n{"id":x}\n'))).length, 2)
})
