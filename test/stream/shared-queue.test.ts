// The queue in shared memory: in one thread, and between many.

import t from 'tap'
import { UsageError } from '../../src/errors.ts'
import { randomStream } from '../../src/random.ts'
import { SharedQueue } from '../../src/stream/shared-queue.ts'
import { numbered, numbersOf, runThread } from '../support/queue-thread.ts'

function drain(queue: SharedQueue): readonly number[] {
  const numbers: number[] = []
  for (let messages = queue.take(); messages.length > 0; messages = queue.take()) {
    for (const message of messages) numbers.push(numbersOf(message)[1])
  }
  return numbers
}

t.test('what goes in comes out in the same order', async t => {
  const queue = SharedQueue.ofSize(1 << 22)
  const numbers = Array.from({ length: 50_000 }, (_, index) => index)
  for (const number of numbers) if (!queue.offer(numbered(0, number))) t.fail(`${number} was refused`)
  t.notOk(queue.isEmpty)
  t.same(drain(queue), numbers)
  t.ok(queue.isEmpty)
  t.equal(queue.used, 0)
})

t.test('empty messages, short ones, the longest, and none that is longer', async t => {
  const queue = SharedQueue.ofSize(4096)
  const lengths = [0, 1, 7, 8, 9, queue.longest]
  for (const length of lengths) t.ok(queue.offer(new Uint8Array(length).fill(length)))
  const messages = queue.take()
  t.same(
    messages.map(message => message.length),
    lengths,
  )
  t.ok(messages.every(message => message.every(byte => byte === (message.length & 0xff))))
  t.throws(() => queue.offer(new Uint8Array(queue.longest + 1)), UsageError)
  t.throws(() => SharedQueue.ofSize(0), UsageError)
  t.throws(() => SharedQueue.ofSize(2 ** 31), UsageError)
})

t.test('a full queue refuses and counts, and holds what it had', async t => {
  const queue = SharedQueue.ofSize(1024)
  let taken = 0
  while (queue.offer(numbered(0, taken))) taken++
  t.ok(taken > 10)
  t.notOk(queue.offer(numbered(0, taken)))
  t.equal(queue.takeRefused(), 2)
  t.equal(queue.takeRefused(), 0)
  t.ok(queue.used <= 1024)
  t.equal(drain(queue).length, taken)
  t.ok(queue.offer(numbered(0, 0)))
})

t.test('messages may be taken a few at a time, and kept while the ring is written again', async t => {
  const queue = SharedQueue.ofSize(1024)
  const kept: Uint8Array[] = []
  let next = 0
  for (let round = 0; round < 200; round++) {
    while (queue.offer(numbered(0, next))) next++
    const messages = queue.take(3)
    t.ok(messages.length <= 3 && messages.length > 0)
    kept.push(...messages)
  }
  t.same(
    kept.map(message => numbersOf(message)[1]),
    Array.from({ length: kept.length }, (_, index) => index),
  )
})

for (const seed of ['1', '2', '3']) {
  t.test(`random lengths against a list, seed ${seed}`, async t => {
    const random = randomStream(seed, 'shared queue')
    const queue = SharedQueue.ofSize(2048)
    const list: number[] = []
    let next = 0
    let wrong = 0
    for (let step = 0; step < 20_000; step++) {
      if (random.fraction() < 0.5) {
        const message = new Uint8Array(random.integer(0, queue.longest)).fill(next)
        if (queue.offer(message)) list.push(message.length * 256 + (next++ & 0xff))
      } else {
        for (const message of queue.take(random.integer(1, 10))) {
          const expected = list.shift() ?? -1
          if (message.length !== Math.floor(expected / 256)) wrong++
          if (message.some(byte => byte !== (expected & 0xff))) wrong++
        }
      }
    }
    t.equal(wrong, 0)
    t.ok(next > 5000, `${next} messages`)
  })
}

t.test('four threads put in 12,500 each, into much memory and into little', async t => {
  for (const size of [1 << 23, 8192]) {
    const queue = SharedQueue.ofSize(size)
    const threads = [0, 1, 2, 3].map(thread => runThread({ memory: queue.memory, act: 'push', count: 12_500, thread }))
    const next = [0, 0, 0, 0]
    let wrong = 0
    for (let came = 0; came < 50_000; ) {
      if (!(await queue.waitAsync(20_000))) throw new Error(`nothing came after ${came}`)
      for (const message of queue.take()) {
        const [thread, number] = numbersOf(message)
        if (next[thread] !== number) wrong++
        next[thread] = number + 1
        came++
      }
    }
    t.equal(wrong, 0)
    t.same(await Promise.all(threads), [12_500, 12_500, 12_500, 12_500])
    t.same(next, [12_500, 12_500, 12_500, 12_500])
    t.ok(queue.isEmpty)
    t.equal(queue.takeRefused(), 0)
  }
})

t.test('what threads offer is put in or counted as refused', async t => {
  const queue = SharedQueue.ofSize(4096)
  const threads = [0, 1].map(thread => runThread({ memory: queue.memory, act: 'offer', count: 20_000, thread }))
  let came = 0
  const done = Promise.all(threads).then(() => queue.close())
  while (!queue.isClosed || !queue.isEmpty) {
    await queue.waitAsync(20_000)
    came += queue.take().length
  }
  await done
  t.equal(came + queue.takeRefused(), 40_000)
})

t.test('a thread that sleeps is woken by each message, and by the end', async t => {
  const queue = SharedQueue.ofSize(1 << 16)
  const taking = runThread({ memory: queue.memory, act: 'take', count: 0, thread: 0 })
  for (let number = 0; number < 100; number++) {
    queue.push(numbered(0, number))
    await new Promise(resolve => setTimeout(resolve, number % 3))
  }
  queue.close()
  t.notOk(queue.push(numbered(0, 100)), 'nothing is put in once it is closed')
  t.same(
    await taking,
    Array.from({ length: 100 }, (_, index) => index),
  )
})

t.test('to wait ends at once with messages, or when the time is over', async t => {
  const queue = SharedQueue.ofSize(1024)
  t.equal(queue.wait(5), false)
  t.equal(await queue.waitAsync(5), false)
  queue.offer(numbered(0, 0))
  t.equal(queue.wait(), true)
  t.equal(await queue.waitAsync(), true)
  queue.take()
  queue.close()
  t.equal(queue.wait(), true)
})

t.test('a thread that waits for room is let go by the end', async t => {
  const queue = SharedQueue.ofSize(1024)
  const pushing = runThread({ memory: queue.memory, act: 'push', count: 1000, thread: 0 })
  await queue.waitAsync()
  while (queue.used < 900) await new Promise(resolve => setTimeout(resolve, 5))
  queue.close()
  const count = await pushing
  t.equal(count, drain(queue).length)
})
