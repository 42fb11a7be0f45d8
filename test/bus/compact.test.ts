import t from 'tap'
import { compact, compacted } from '../../src/bus/compact.ts'
import { Loss } from '../../src/bus/loss.ts'
import { packetRun, Run } from '../../src/bus/run.ts'
import { packet } from '../../src/packet.ts'

/** So many neighbouring lines of 100 bytes, in a buffer of so many bytes. */
function lines(packets: number, kept: number, expires = Number.POSITIVE_INFINITY): Run {
  const buffer = Buffer.alloc(kept, `{"topic":"a","say":"${'x'.repeat(77)}"}\n`)
  return new Run('lines', buffer, { start: 100, end: 100 + 100 * packets, packets, expires })
}

const keptBy = (queue: readonly unknown[]) =>
  queue.map(item => (item instanceof Run ? [item.packets, item.length, item.buffer.buffer.byteLength] : 'loss'))

t.test('a few lines of large buffers are one run in a small one', async t => {
  const queue = [lines(2, 5000), lines(1, 5000), lines(3, 5000)]
  const before = queue.map(run => run.bytes.toString()).join('')
  compact(queue, 1)
  t.same(keptBy(queue), [
    [2, 200, 5000],
    [4, 400, 400],
  ])
  t.equal(queue.map(run => run.bytes.toString()).join(''), before)
})

t.test('what fills its buffer is left as it is', async t => {
  const queue = [lines(9, 1000), lines(9, 1000)]
  const before = [...queue]
  compact(queue, 0)
  t.same(queue, before)
})

t.test('losses, words, marks and times stay where and what they are', async t => {
  const words = packetRun('lines', packet({ broker: { pong: 1 } }), 0)
  const marked = lines(1, 5000).marked({ again: true })
  const loss = new Loss('overflow')
  const queue = [lines(1, 5000), loss, words, marked, lines(1, 5000, 7), lines(1, 5000), lines(1, 5000)]
  compact(queue, 0)
  t.same(
    keptBy(queue).map(kept => kept[0]),
    [1, 'l', 0, 1, 1, 2],
  )
  t.equal(queue[1], loss)
  t.equal(queue[2], words)
  t.equal(queue[3], marked)
  t.equal(queue[4] instanceof Run && queue[4].expires, 7)
})

t.test('no run becomes so long that it could not be dropped in part', async t => {
  const queue = Array.from({ length: 2000 }, () => lines(1, 5000))
  compact(queue, 0)
  t.same(keptBy(queue).slice(0, 2), [
    [656, 65_600, 65_600],
    [656, 65_600, 65_600],
  ])
  t.equal(
    queue.reduce((sum, run) => sum + run.packets, 0),
    2000,
  )
})

t.test('one run by itself, with its marks', async t => {
  const marked = lines(1, 5000).marked({ again: true })
  const own = compacted(marked)
  t.same([own.length, own.buffer.buffer.byteLength, own.marks, own.bytes], [100, 100, marked.marks, marked.bytes])
  const dense = lines(9, 1000)
  t.equal(compacted(dense), dense)
})
