// The order of files: where an offset is, where a time is, what is removed.

import { existsSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { encodeRecords } from '../../src/journal/record.ts'
import { segmentPath } from '../../src/journal/segment.ts'
import { Segments } from '../../src/journal/segments.ts'

/** Files of ten packets each from 10 on; packet N came at N seconds. */
function found(folder: string) {
  for (const first of [10, 20, 30]) {
    const record = { offset: first, count: 10, time: first * 1000, bytes: Buffer.alloc(100) }
    writeFileSync(segmentPath(folder, first), Buffer.concat(encodeRecords([record])))
  }
  return Segments.find(folder, () => {})
}

t.test('where to begin to read', async t => {
  const { segments, last } = found(t.testdir({}))
  t.equal(last?.offset, 30)
  t.equal(segments.first, 10)
  t.equal(segments.last?.first, 30)
  for (const [offset, first] of [
    [0, 10],
    [10, 10],
    [19, 10],
    [20, 20],
    [99, 30],
  ] as const) {
    t.equal(segments.holding(offset)?.first, first, `offset ${offset}`)
  }
  for (const [time, first] of [
    [0, 10],
    [10_000, 10],
    [20_000, 10],
    [20_001, 20],
    [99_000, 30],
  ] as const) {
    t.equal(segments.since(time)?.first, first, `time ${time}`)
  }
  const middle = segments.holding(20)
  t.equal(middle && segments.after(middle)?.first, 30)
  t.equal(segments.last && segments.after(segments.last), undefined)
})

t.test('the oldest are removed, by size and by age, never the last', async t => {
  const folder = t.testdir({})
  const { segments } = found(folder)
  const { size } = segments
  segments.remove({})
  segments.remove({ keepBytes: size, before: 20_000 })
  t.equal(segments.first, 10)
  const oldest = segments.holding(10)
  segments.remove({ before: 20_001 })
  t.equal(segments.first, 20)
  t.notOk(existsSync(segmentPath(folder, 10)))
  t.notOk(oldest && segments.has(oldest))
  segments.remove({ keepBytes: 0 })
  t.equal(segments.first, 30)
  t.ok(existsSync(segmentPath(folder, 30)))
})

t.test('an empty folder', async t => {
  const { segments, last } = Segments.find(t.testdir({}), () => {})
  t.equal(last, undefined)
  t.equal(segments.first, undefined)
  t.equal(segments.holding(0), undefined)
  t.equal(segments.size, 0)
  t.equal(segments.add(7).first, 7)
  t.equal(segments.first, 7)
})
