// Messages that wait: order, size and slices over many places.

import t from 'tap'
import { MessageQueue } from '../../../src/carrier/zmq/message-queue.ts'
import { SLICE } from '../../../src/carrier/zmq/outgoing.ts'

const message = (text: string) => [Buffer.from(text)]

t.test('comes out in order, also after many have gone', async t => {
  const queue = new MessageQueue()
  let pushed = 0
  let shifted = 0
  for (let round = 0; round < 50; round++) {
    for (let i = 0; i < 100; i++) queue.push(message(`${pushed++}`))
    for (let i = 0; i < 90; i++) {
      const [part] = queue.shift() ?? []
      if (Buffer.from(part ?? []).toString() !== `${shifted++}`) t.fail(`${shifted - 1} is out of order`)
    }
  }
  t.equal(queue.length, pushed - shifted)
  t.equal(queue.takeAll().length, 500)
  t.equal(queue.length, 0)
  t.equal(queue.shift(), undefined)
})

t.test('knows its bytes', async t => {
  const queue = new MessageQueue()
  queue.push(message('abc'))
  queue.push([Buffer.alloc(0), Buffer.alloc(5)])
  t.equal(queue.bytes, 8)
  queue.shift()
  t.equal(queue.bytes, 5)
  queue.takeAll()
  t.equal(queue.bytes, 0)
})

t.test('an empty message is a message', async t => {
  const queue = new MessageQueue()
  queue.push([Buffer.alloc(0)])
  t.equal(queue.length, 1)
  t.equal(queue.takeSlice().length, 1)
})

t.test('a slice is one message at least, and no more once it is large', async t => {
  const queue = new MessageQueue()
  for (const size of [1, SLICE - 1, 1, 2 * SLICE]) queue.push([Buffer.alloc(size)])
  t.equal(queue.takeSlice().length, 2)
  t.equal(queue.takeSlice().length, 2)
  t.same(queue.takeSlice(), [])
})
