// Batches that wait for a reader: order, suppliers held up and let go, ends and errors.

import t from 'tap'
import { Arrivals, type Supplier } from '../../../src/carrier/zmq/arrivals.ts'
import { numbered, seqs } from '../../support/carrier.ts'

class TestSupplier implements Supplier {
  paused = false
  pause() {
    this.paused = true
  }
  resume() {
    this.paused = false
  }
}

async function taken(arrivals: Arrivals): Promise<unknown[] | undefined> {
  const { value } = await arrivals.next()
  return value && seqs(value)
}

t.test('a reader that waits gets a batch at once, and nobody is held up', async t => {
  const arrivals = new Arrivals(() => {})
  const supplier = new TestSupplier()
  const next = taken(arrivals)
  arrivals.push(numbered(2), supplier)
  t.same(await next, [1, 2])
  t.notOk(supplier.paused)
})

t.test('a supplier is held up until its last batch has been taken', async t => {
  const arrivals = new Arrivals(() => {})
  const [fast, slow] = [new TestSupplier(), new TestSupplier()]
  arrivals.push(numbered(1, 1), fast)
  arrivals.push(numbered(1, 2), slow)
  arrivals.push(numbered(1, 3), fast)
  t.ok(fast.paused && slow.paused)
  t.same(await taken(arrivals), [1])
  t.ok(fast.paused)
  t.same(await taken(arrivals), [2])
  t.notOk(slow.paused)
  t.same(await taken(arrivals), [3])
  t.notOk(fast.paused)
})

t.test('an empty batch is none', async t => {
  const arrivals = new Arrivals(() => {})
  const next = taken(arrivals)
  arrivals.push([], new TestSupplier())
  arrivals.push(numbered(1), new TestSupplier())
  t.same(await next, [1])
})

t.test('what waits is given before the end and before an error', async t => {
  for (const error of [undefined, new Error('broken')]) {
    let closed = 0
    const arrivals = new Arrivals(() => closed++)
    arrivals.push(numbered(1), new TestSupplier())
    arrivals.end(error)
    arrivals.end()
    arrivals.push(numbered(1, 2), new TestSupplier())
    t.same(await taken(arrivals), [1])
    if (error) await t.rejects(arrivals.next(), error)
    t.equal(await taken(arrivals), undefined)
    t.equal(closed, 1)
  }
})

t.test('a reader that waits is told of the end and of an error', async t => {
  const ended = new Arrivals(() => {})
  const end = ended.next()
  ended.end()
  t.same(await end, { done: true, value: undefined })
  const broken = new Arrivals(() => {})
  const failing = broken.next()
  broken.end(new Error('broken'))
  await t.rejects(failing, { message: 'broken' })
  t.same(await broken.next(), { done: true, value: undefined })
})

t.test('a reader that leaves gets nothing more, and all is closed', async t => {
  let closed = 0
  const arrivals = new Arrivals(() => closed++)
  arrivals.push(numbered(1), new TestSupplier())
  await arrivals.return()
  t.same(await arrivals.next(), { done: true, value: undefined })
  t.equal(closed, 1)
})
