// Records: frames of packets with their place.

import t from 'tap'
import { frame } from '../../src/codec/frame.ts'
import { encodeRecords, type JournalRecord, recordOf } from '../../src/journal/record.ts'
import { packet } from '../../src/packet.ts'

t.test('what is encoded is read again, in one piece and byte by byte', async t => {
  const records = [
    { offset: 0, count: 2, time: 1_700_000_000_000, bytes: Buffer.from('{"topic":"a"}\n{"topic":"b"}\n') },
    {
      offset: 2,
      count: 1,
      time: 1_700_000_000_001,
      bytes: Buffer.alloc(100_000, 7),
      marks: { again: true, expires: 5 },
    },
    { offset: 3, count: 1, time: 1_700_000_000_001, bytes: Buffer.alloc(0), marks: { retain: true } },
    { offset: 4, count: 1, time: 1_700_000_000_002, bytes: Buffer.alloc(0), marks: { forget: 'a' } },
    { offset: 5, count: 1, time: 1_700_000_000_002, bytes: Buffer.alloc(0), marks: { forget: 'b' } },
  ]
  const bytes = Buffer.concat(encodeRecords(records))
  for (const size of [bytes.length, 1, 1000]) {
    const decoder = frame.decoder({ source: 'test', reject: ({ reason }) => t.fail(reason) })
    const packets = []
    for (let at = 0; at < bytes.length; at += size) packets.push(...decoder.push(bytes.subarray(at, at + size)))
    t.match(packets.map(recordOf), records)
    t.equal(packets.length, records.length)
  }
})

t.test('neighbours that are alike become one', async t => {
  const record = (offset: number, more: Partial<JournalRecord> = {}): JournalRecord => ({
    offset,
    count: 1,
    time: 5,
    bytes: Buffer.from(`${offset}\n`),
    ...more,
  })
  const again = { again: true }
  const records = [
    record(0),
    record(1),
    record(2, { marks: again }),
    record(3, { marks: { ...again } }),
    record(4, { marks: { again: true, retain: true } }),
    record(5, { time: 6 }),
    record(6, { time: 6, bytes: Buffer.alloc(300_000) }),
    record(7, { time: 6 }),
  ]
  const decoder = frame.decoder({ source: 'test', reject: ({ reason }) => t.fail(reason) })
  const found = decoder.push(Buffer.concat(encodeRecords(records))).map(recordOf)
  t.same(
    found.map(one => [one?.offset, one?.count, one?.bytes.length]),
    [
      [0, 2, 4],
      [2, 2, 4],
      [4, 1, 2],
      [5, 1, 2],
      [6, 1, 300_000],
      [7, 1, 2],
    ],
  )
})

t.test('a packet that is no record', async t => {
  const good = { offset: 1, count: 1, timestamp: '2026-01-01T00:00:00.000Z' }
  t.ok(recordOf(packet(good)))
  const wrong = [
    {},
    { offset: -1 },
    { offset: '1' },
    { count: 0 },
    { count: 1.5 },
    { timestamp: 'now' },
    { timestamp: 1 },
  ]
  for (const meta of wrong.slice(1)) t.equal(recordOf(packet({ ...good, ...meta })), undefined, JSON.stringify(meta))
  t.equal(recordOf(packet({})), undefined)
})
