// Marks tell what is missing and what came twice, of each topic of each sender.

import t from 'tap'
import { Marker, MarkReader } from '../../../src/bus/engine/marks.ts'

t.test('numbers of a topic follow each other', async t => {
  const marker = new Marker()
  const reader = new MarkReader()
  const marks = ['a', 'a', 'b', 'a', 'b', 'a'].map(topic => marker.next(topic))
  t.equal(new Set(marks).size, marks.length)
  t.same(
    marks.map(mark => reader.read(mark)),
    [0, 0, 0, 0, 0, 0],
  )
  t.equal(reader.read(marks[3] ?? ''), 'duplicate')
  marker.next('a')
  marker.next('a')
  t.equal(reader.read(marker.next('a')), 2)
  t.equal(reader.read(marker.next('b')), 0)
})

t.test('senders are told apart; where one begins to listen is where nothing is missing yet', async t => {
  const [one, other] = [new Marker(), new Marker()]
  const reader = new MarkReader()
  for (let n = 0; n < 5; n++) one.next('a')
  t.equal(reader.read(one.next('a')), 0)
  t.equal(reader.read(other.next('a')), 0)
  t.equal(reader.read(one.next('a')), 0)
})

t.test('marks of others mean nothing', async t => {
  const reader = new MarkReader()
  for (const mark of ['', '17', 'daq-x-1-1', 'a-b-3', '5', 'daq-0123456789abcdef-1', '5']) t.equal(reader.read(mark), 0)
})

t.test('more topics than are kept are told from each other all the same', async t => {
  const marker = new Marker()
  const reader = new MarkReader()
  const orders = new Set<unknown>()
  for (let round = 0; round < 2; round++) {
    for (let n = 0; n < 70_000; n++) orders.add(reader.read(marker.next(`topic.${n}`)))
  }
  t.same([...orders], [0])
})
