import { readdirSync } from 'node:fs'
import t from 'tap'
import { Run } from '../../src/bus/run.ts'
import { Spill } from '../../src/bus/spill.ts'
import { Waiting } from '../../src/bus/waiting.ts'

function lines(from: number, to: number, size = 0): Run {
  const text = Array.from(
    { length: to - from + 1 },
    (_, i) => `{"topic":"a","seq":${from + i},"x":"${'x'.repeat(size)}"}\n`,
  ).join('')
  const buffer = Buffer.from(text)
  return new Run('lines', buffer, { start: 0, end: buffer.length, packets: to - from + 1 })
}
const seqs = (run: Run | undefined) => run?.decoded().map(({ meta }) => meta['seq'])

t.test('comes back in order, and leaves nothing in the folder', async t => {
  const folder = t.testdir({})
  const spill = new Spill({ folder, bytes: 1e6 })
  t.ok(spill.push(lines(1, 3)) && spill.push(lines(4, 4).until(7)) && spill.push(lines(5, 6)))
  t.same([spill.packets, spill.isEmpty, readdirSync(folder)], [6, false, []])
  t.same([spill.shift(), spill.shift(), spill.shift()].map(seqs), [[1, 2, 3], [4], [5, 6]])
  t.same([spill.shift(), spill.isEmpty, spill.packets], [undefined, true, 0])
  spill.push(lines(7, 7))
  t.same(seqs(spill.shift()), [7])
})

t.test('neighbours are read back together, a bound is kept, and a folder that is none is a full one', async t => {
  const spill = new Spill({ folder: t.testdir({}), bytes: 10_000 })
  for (let n = 0; n < 10; n++) spill.push(lines(n, n))
  t.equal(seqs(spill.shift())?.length, 10)
  t.notOk(spill.push(lines(1, 1, 10_000)))
  t.notOk(new Spill({ folder: `${t.testdir({})}/none`, bytes: 1e6 }).push(lines(1, 1)))
  spill.push(lines(1, 1))
  spill.close()
  t.ok(spill.isEmpty)
})

t.test('a queue that spills loses nothing until its files are full, then tells what', async t => {
  let lost = 0
  const queue = new Waiting(
    (_, run) => {
      lost += run.packets
    },
    { folder: t.testdir({}), bytes: 2000 },
  )
  queue.bounds = { policy: 'spill', packets: 5, bytes: 1e6 }
  const each = lines(0, 0).length
  const room = Math.floor(2000 / each)
  for (let n = 0; n < 5 + room + 10; n++) queue.push(lines(n, n))
  t.equal(lost > 0, true)
  t.equal(queue.packets + lost, 5 + room + 10)
  const out: unknown[] = []
  for (let runs = queue.take(1, 'lines', 0); runs.length > 0; runs = queue.take(1, 'lines', 0)) {
    for (const run of runs)
      for (const { meta } of run.decoded(Math.max(1, run.packets)))
        out.push(meta['gap'] ? Object(meta['gap']).lost : meta['seq'])
  }
  const kept = 5 + room + 10 - lost
  t.same(out, [...Array.from({ length: kept }, (_, n) => n), lost])
  t.ok(queue.isEmpty)
  queue.push(lines(99, 99))
  t.same(queue.take(1, 'lines', 0).flatMap(seqs), [99])
})
