// The files of a journal, as they are found.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { encodeRecords } from '../../src/journal/record.ts'
import { findSegments, mendSegment, segmentPath } from '../../src/journal/segment.ts'

const record = (offset: number) => ({
  offset,
  count: 1,
  time: 1000 + offset,
  bytes: Buffer.from(`{"value":${offset}}\n`),
})

t.test('they are found in order, and nothing else is', async t => {
  const folder = t.testdir({})
  for (const first of [1_000_000, 20, 0]) {
    writeFileSync(segmentPath(folder, first), Buffer.concat(encodeRecords([record(first), record(first + 1)])))
  }
  for (const name of ['1.frame', '0000000000000007.frame.torn-3', 'consumers.ndjson']) {
    writeFileSync(join(folder, name), 'x')
  }
  mkdirSync(join(folder, 'other'))
  const found = findSegments(folder)
  t.same(
    found.map(({ first, begun }) => [first, begun]),
    [
      [0, 1000],
      [20, 1020],
      [1_000_000, 1_001_000],
    ],
  )
})

t.test('a file is mended: what it holds, and its last record', async t => {
  const folder = t.testdir({})
  const whole = Buffer.concat(encodeRecords([record(5), record(6)]))
  const warnings: string[] = []
  for (const [bytes, size, last] of [
    [whole, whole.length, 6],
    [whole.subarray(0, whole.length - 1), Buffer.concat(encodeRecords([record(5)])).length, 5],
    [whole.subarray(0, 10), 0, undefined],
    [Buffer.alloc(0), 0, undefined],
  ] as const) {
    const path = segmentPath(folder, 5)
    writeFileSync(path, bytes)
    const [segment] = findSegments(folder)
    if (!segment) throw new Error('not found')
    t.equal(mendSegment(segment, message => warnings.push(message))?.offset, last)
    t.equal(segment.size, size)
    t.equal(segment.ended, last === undefined ? undefined : 1000 + last)
  }
  t.equal(warnings.length, 2)
})

t.test('a file that begins with garbage has no time', async t => {
  const folder = t.testdir({})
  writeFileSync(segmentPath(folder, 5), Buffer.alloc(100, 1))
  t.equal(findSegments(folder)[0]?.begun, undefined)
})
