// Acknowledgements in any order.

import t from 'tap'
import { AckFloor } from '../../src/journal/ack-floor.ts'
import { randomStream } from '../../src/random.ts'

t.test('the floor rises over what was acknowledged before its turn', async t => {
  const acks = new AckFloor(10)
  t.notOk(acks.add(12))
  t.notOk(acks.add(13, 2))
  t.notOk(acks.add(9))
  t.equal(acks.beyond, 3)
  t.ok(acks.has(12))
  t.notOk(acks.has(11))
  t.ok(acks.add(10))
  t.equal(acks.floor, 11)
  t.ok(acks.add(11))
  t.equal(acks.floor, 15)
  t.equal(acks.beyond, 0)
  t.ok(acks.add(12, 100))
  t.equal(acks.floor, 112)
})

t.test('any order, also more than once, ends at the end', async t => {
  const random = randomStream('floor', 'test')
  const acks = new AckFloor(0)
  const plain = new Set<number>()
  for (let step = 0; step < 20_000; step++) {
    const offset = acks.floor + random.integer(-5, 30)
    const count = random.integer(1, 5)
    acks.add(offset, count)
    for (let one = offset; one < offset + count; one++) plain.add(one)
    let floor = 0
    if (step % 500 === 0) {
      while (plain.has(floor)) floor++
      t.equal(acks.floor, floor)
      t.equal(acks.beyond, [...plain].filter(one => one > floor).length)
    }
  }
})
