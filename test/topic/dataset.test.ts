// A dataset: what is told of a change, and what a snapshot holds.

import t from 'tap'
import type { Json } from '../../src/packet.ts'
import { Dataset } from '../../src/topic/dataset.ts'

t.test('inserts, then deletes; nothing where nothing changed', async t => {
  const dataset = new Dataset('e')
  t.same(dataset.snapshot(), { kind: 'snapshot', epoch: 'e', seq: 0, rows: [] })
  t.same(dataset.publish([1, 2]), { kind: 'delta', epoch: 'e', seq: 1, inserts: [1, 2], deletes: [] })
  t.same(dataset.publish([2, 3]), { kind: 'delta', epoch: 'e', seq: 2, inserts: [3], deletes: [1] })
  t.equal(dataset.publish([3, 2, 3]), undefined)
  t.same(dataset.snapshot(), { kind: 'snapshot', epoch: 'e', seq: 2, rows: [3, 2] })
  t.same(dataset.heartbeat(), { kind: 'heartbeat', epoch: 'e', seq: 2 })
})

t.test('rows are the same by what they say', async t => {
  const dataset = new Dataset('e')
  dataset.publish([{ a: 1, b: [2] }, 'x'])
  t.equal(dataset.publish(['x', { b: [2], a: 1 }]), undefined)
  t.equal(dataset.size, 2)
})

t.test('what the caller does with its rows later does not change what was published', async t => {
  const dataset = new Dataset('e')
  const row: { name: string; list: Json[] } = { name: 'a', list: [1] }
  const rows: Json[] = [row]
  const delta = dataset.publish(rows)
  row.name = 'b'
  row.list.push(2)
  rows.push('more')
  t.same(delta?.inserts, [{ name: 'a', list: [1] }])
  t.same(dataset.snapshot().rows, [{ name: 'a', list: [1] }])
  t.same(dataset.publish([row])?.deletes, [{ name: 'a', list: [1] }])
})

t.test('some rows come and some go', async t => {
  const dataset = new Dataset('e')
  dataset.publish([1, 2])
  t.match(dataset.change([3, 3, 2], [1, 9]), { seq: 2, inserts: [3], deletes: [1] })
  t.equal(dataset.change([2], [9]), undefined)
  t.match(dataset.change([4, 2], [4, 2]), { seq: 3, inserts: [], deletes: [2] })
  t.same(dataset.snapshot().rows, [3])
})

t.test('a table that is derived from another: p(x) if q(x) and x > 2', async t => {
  const dataset = new Dataset('e')
  const publish = (q: readonly number[]) => dataset.publish(q.filter(x => x > 2))
  t.equal(publish([1, 2]), undefined)
  t.match(publish([1, 2, 3]), { inserts: [3], deletes: [] })
  t.match(dataset.snapshot(), { rows: [3] })
  t.match(publish([1, 2, 3, 4]), { inserts: [4], deletes: [] })
  t.match(publish([1, 2, 3]), { inserts: [], deletes: [4] })
})
