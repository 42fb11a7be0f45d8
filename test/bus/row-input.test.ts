import t from 'tap'
import { RowInput } from '../../src/bus/row-input.ts'
import { RowSet } from '../../src/bus/row-set.ts'
import { packet } from '../../src/packet.ts'

const push = (input: RowInput, ...metas: readonly Parameters<typeof packet>[0][]) =>
  input.push(metas.map(meta => packet(meta)))

t.test('states, changes and rows, in their order', async t => {
  const input = new RowInput([])
  t.same(push(input, { v: 1 }, { v: 2 }, { rows: [1, 2] }, { insert: [3] }, { delete: [1] }, { v: 3 }), [
    { inserts: [{ v: 1 }, { v: 2 }], deletes: [] },
    { rows: [1, 2] },
    { inserts: [3], deletes: [] },
    { inserts: [], deletes: [1] },
    { inserts: [{ v: 3 }], deletes: [] },
  ])
  t.same(push(input), [])
})

t.test('with a key a packet takes the place of an earlier one', async t => {
  const input = new RowInput(['a', 'b'])
  t.same(push(input, { a: 1, b: 1, v: 1 }, { a: 1, b: 2, v: 1 }, { a: 1, b: 1, v: 2 }), [
    {
      inserts: [
        { a: 1, b: 2, v: 1 },
        { a: 1, b: 1, v: 2 },
      ],
      deletes: [],
    },
  ])
  t.same(push(input, { a: 1, b: 2, v: 9 }, { b: 1, a: 1, v: 2 }), [
    { inserts: [{ a: 1, b: 2, v: 9 }], deletes: [{ a: 1, b: 2, v: 1 }] },
  ])
  t.same(push(input, { a: 1, b: 2, delete: true }, { a: 7, delete: true }), [
    { inserts: [], deletes: [{ a: 1, b: 2, v: 9 }] },
  ])
  t.same(push(input, { a: 3, v: 1 }, { a: 3, delete: true }), [])
  t.same(push(input, { rows: [{ a: 1, v: 1 }, { a: 1, v: 2 }, 'no object'] }), [{ rows: [{ a: 1, v: 2 }] }])
})

t.test('a set of rows follows the changes', async t => {
  const rows = new RowSet()
  rows.apply({ rows: [1, { a: 1, b: 2 }] })
  rows.apply({ inserts: [2, { b: 2, a: 1 }], deletes: [1] })
  t.same(rows.rows, [{ b: 2, a: 1 }, 2])
})
