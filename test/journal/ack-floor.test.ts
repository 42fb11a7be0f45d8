// Acknowledgements in any order.

import t from 'tap'
import { AckFloor } from '../../src/journal/ack-floor.ts'
import { randomStream } from '../../src/random.ts'

t.test('the floor rises over what was acknowledged before its turn, and over what was not wanted', async t => {
  const acks = new AckFloor(10)
  for (const offset of [11, 12, 15]) t.ok(acks.take(offset))
  acks.readTo(20)
  t.equal(acks.floor, 11, 'nobody wanted 10')
  acks.acknowledge(12)
  t.equal(acks.floor, 11)
  t.equal(acks.open, 2)
  acks.acknowledge(11)
  t.equal(acks.floor, 15)
  acks.acknowledge(11)
  acks.acknowledge(15)
  t.equal(acks.floor, 20)
  t.equal(acks.open, 0)
  acks.readTo(30)
  t.equal(acks.floor, 30)
})

t.test('what is taken once more is known where it was acknowledged', async t => {
  const acks = new AckFloor(0)
  for (const offset of [0, 1, 2, 3]) acks.take(offset)
  acks.readTo(4)
  acks.acknowledge(2)
  acks.restart()
  t.equal(acks.floor, 0)
  t.same(
    [0, 1, 2, 3].map(offset => acks.take(offset)),
    [true, true, false, true],
  )
  acks.readTo(4)
  t.equal(acks.open, 3)
  for (const offset of [3, 1, 0]) acks.acknowledge(offset)
  t.equal(acks.floor, 4)
})

t.test('any order, with restarts, ends at the end', async t => {
  const random = randomStream('floor', 'test')
  const acks = new AckFloor(0)
  const done = new Set<number>()
  let open: number[] = []
  let next = 0
  let before = 0
  const wrong: string[] = []
  for (let step = 0; step < 20_000; step++) {
    const what = random.integer(0, 40)
    if (what === 0) {
      acks.restart()
      open = []
      next = acks.floor
    } else if (what < 20 && open.length < 50) {
      if (next % 3 !== 0 && acks.take(next)) {
        if (done.has(next)) wrong.push(`${next} was acknowledged, and is given again`)
        open.push(next)
      }
      acks.readTo(++next)
    } else if (open.length > 0) {
      const [offset = 0] = open.splice(random.integer(0, open.length - 1), 1)
      acks.acknowledge(offset)
      done.add(offset)
    }
    if (acks.floor < before) wrong.push(`the floor falls from ${before} to ${acks.floor}`)
    before = acks.floor
    if (step % 500 === 0) {
      let floor = 0
      while (floor < next && (floor % 3 === 0 || done.has(floor))) floor++
      t.equal(acks.floor, floor)
      t.equal(acks.open, open.length)
    }
  }
  t.same(wrong, [])
})
