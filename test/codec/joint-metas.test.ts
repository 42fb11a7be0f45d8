// Metas that are parsed together are what each would be alone; where one is bad, none of them is taken.

import t from 'tap'
import { JointMetas } from '../../src/codec/joint-metas.ts'

function metasOf(texts: readonly string[]) {
  const joint = new JointMetas()
  const numbers = texts.map(text => joint.add(Buffer.from(text)))
  return numbers.map(number => joint.meta(number))
}

t.test('each is its own object, with letters of every alphabet', async t => {
  const metas = [{ seq: 0 }, {}, { unit: 'µV', nested: { list: [1, { a: '},{' }] } }, { seq: 3 }, { name: '温度' }]
  t.same(metasOf(metas.map(meta => JSON.stringify(meta))), metas)
})

t.test('few are left to be parsed alone, and so is a long one', async t => {
  t.same(metasOf(['{"a":1}', '{"b":2}']), [undefined, undefined])
  const long = JSON.stringify({ text: 'x'.repeat(300) })
  t.same(metasOf(['{"a":1}', long, '{"b":2}', '{"c":3}', '{"d":4}']), [
    { a: 1 },
    undefined,
    { b: 2 },
    { c: 3 },
    { d: 4 },
  ])
})

t.test('bad bytes are never put together with those of another', async t => {
  const none = [undefined, undefined, undefined, undefined, undefined]
  t.same(metasOf(['{"a":1}', '{"b":}', '{}', '{}', '{}']), none)
  t.same(metasOf(['{"a":1},{"b":2}', '{"c":[{}', '{}]}', '{}', '{}']), none)
  t.same(metasOf(['{"a":1},0,{"b":2}', '{"c":[{}', '{}]}', '{}', '{}']), none)
})

t.test('it is full after 128', async t => {
  const joint = new JointMetas()
  let added = 0
  for (; !joint.isFull; added++) joint.add(Buffer.from(`{"seq":${added}}`))
  t.equal(added, 128)
  t.same(joint.meta(127), { seq: 127 })
  t.equal(joint.add(Buffer.from('{}')), -1, 'nothing is added after the first look')
})
