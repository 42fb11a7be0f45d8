// What verify finds is exactly what was done.

import t from 'tap'
import { codecNamed } from '../../src/codec/index.ts'
import { DataError } from '../../src/errors.ts'
import { countFindings, findingsText, MOST_SENSORS, Verifier } from '../../src/filter/verify.ts'
import { gapPacket, type Meta, packet } from '../../src/packet.ts'
import { sequenceChecksum } from '../../src/probe/checksum.ts'
import { Ledger } from '../../src/stream/ledger.ts'

const TIME = Date.UTC(2026, 0, 1)

function meta(seq: number, name = 'A'): Meta {
  const parts = { time: TIME + seq, id: `id-${seq}`, name, seq, value: seq % 7 }
  const { time, ...rest } = parts
  return { timestamp: new Date(time).toISOString(), ...rest, crc: sequenceChecksum(parts) }
}

function findings(metas: readonly Meta[], options: { midway?: boolean; expect?: number } = {}) {
  const verifier = new Verifier({ midway: false, ...options })
  for (const each of metas) verifier.take(packet(each), TIME + 1000)
  return verifier.findings()
}

const whole = Array.from({ length: 100 }, (_, seq) => meta(seq))

t.test('a whole stream has nothing wrong', async t => {
  const found = findings(whole, { expect: 100 })
  t.match(found, {
    received: 100,
    lost: 0,
    duplicated: 0,
    reordered: 0,
    corrupt: 0,
    stale: 0,
    foreign: 0,
    unexpected: 0,
  })
  const ledger = new Ledger()
  countFindings(found, ledger.stage('verify'))
  t.equal(ledger.lost, 0)
  t.match(findingsText(found), /^100 received: nothing is wrong; latency p50 \d+ µs/)
})

t.test('lost, duplicated and reordered packets are told apart, sensor by sensor', async t => {
  const stream = whole.filter((_, seq) => seq !== 3 && seq !== 10 && seq !== 11)
  stream.splice(20, 0, meta(5))
  ;[stream[50], stream[51]] = [stream[51] ?? {}, stream[50] ?? {}]
  const found = findings([...stream, meta(0, 'B'), meta(2, 'B')])
  t.match(found, { received: 100, lost: 4, duplicated: 1, reordered: 1, corrupt: 0 })
  t.same(found.sensors['A']?.missing_ranges, [
    [3, 3],
    [10, 11],
  ])
  t.same(found.sensors['B'], { received: 2, missing: 1, duplicated: 0, reordered: 0, missing_ranges: [[1, 1]] })
  const ledger = new Ledger()
  countFindings(found, ledger.stage('verify'))
  t.equal(ledger.lost, 6, 'exit code 3 counts all of them')
})

t.test('a corrupt packet is corrupt, and not lost as well, whatever of it was changed', async t => {
  const changes: readonly Meta[] = [
    { value: 99 },
    { id: 'other' },
    { timestamp: '2026-01-01T00:00:09.000Z' },
    { timestamp: 'never' },
    { seq: 77 },
    { seq: 1e15 },
    { seq: 'x' },
    { name: 'C' },
    { crc: 1 },
    { crc: null },
  ]
  for (const change of changes) {
    const found = findings(whole.map((each, seq) => (seq === 50 ? { ...each, ...change } : each)))
    t.match(found, { received: 100, lost: 0, corrupt: 1, duplicated: 0, reordered: 0 }, JSON.stringify(change))
  }
})

t.test('packets lost at the end are found by what was expected', async t => {
  t.equal(findings(whole.slice(0, 90)).lost, 0)
  t.equal(findings(whole.slice(0, 90), { expect: 100 }).lost, 10)
  t.equal(findings(whole, { expect: 90 }).unexpected, 10)
})

t.test('a stream joined midway begins with the first number', async t => {
  t.equal(findings(whole.slice(40)).lost, 40)
  t.equal(findings(whole.slice(40), { midway: true }).lost, 0)
})

t.test('gap records and foreign packets are counted as what they are', async t => {
  const { meta: gap } = gapPacket({ lost: 4, reason: 'overflow', stage: 'network' })
  const found = findings([...whole, gap, { name: 'else', value: 1 }])
  t.match(found, { received: 100, lost: 0, foreign: 1, gaps: { records: 1, lost: 4 } })
})

t.test('numbers that became text, as in CSV, and another form of timestamp change nothing', async t => {
  const asText = whole.map(each => ({
    ...Object.fromEntries(Object.entries(each).map(([key, value]) => [key, String(value)])),
    timestamp: String(each['timestamp']).replace('Z', '000+00:00'),
  }))
  t.match(findings(asText), { received: 100, lost: 0, corrupt: 0 })
})

t.test('a line is read from its bytes exactly as it is when parsed', async t => {
  const lines = whole.map(each => {
    const { timestamp, id, name, value, seq, crc } = each
    return `${JSON.stringify({ timestamp, id, name, value, unit: '°C', seq, crc, timestamp_ns: `${TIME}500000` })}\n`
  })
  const decoder = codecNamed('ndjson').decoder({ source: 'test', reject: () => t.fail('nothing is rejected') })
  const verifier = new Verifier({ midway: false })
  for (const line of decoder.push(Buffer.from(lines.join('')))) verifier.take(line, TIME + 1)
  t.match(verifier.findings(), { received: 100, lost: 0, corrupt: 0, foreign: 0, latency_us: { max: 500 } })
})

t.test('a line that is no JSON is an error of the data', async t => {
  const decoder = codecNamed('ndjson').decoder({ source: 'test', reject: () => {} })
  const [line] = decoder.push(Buffer.from('{"seq":1,"crc":}\n'))
  t.throws(() => line && new Verifier({ midway: false }).take(line, 0), DataError)
})

t.test('one sensor too many is an error; those that are known are verified on', async t => {
  const verifier = new Verifier({ midway: false })
  for (let sensor = 0; sensor < MOST_SENSORS; sensor++) verifier.take(packet(meta(0, `${sensor}`)), TIME)
  t.throws(
    () => verifier.take(packet(meta(0, 'late')), TIME),
    new DataError({ source: 'packet' }, `too many sensors: expected at most ${MOST_SENSORS}`),
  )
  verifier.take(packet(meta(2, '7')), TIME)
  const { received, lost, sensors } = verifier.findings()
  t.same([received, lost, Object.keys(sensors).length], [MOST_SENSORS + 1, 1, MOST_SENSORS])
})
