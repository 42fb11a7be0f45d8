// Frames in files: torn tails, damage, data that looks like a frame.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import t from 'tap'
import { frameFormat } from '../../src/carrier/frame-format.ts'
import { RecordFile } from '../../src/store/record-file.ts'

/** A frame as packet(5) describes it, written without the codec. */
function frame(text: string, data: Uint8Array = Buffer.alloc(0), { crc = true } = {}): Buffer {
  const meta = Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8))
  const header = Buffer.alloc(24)
  Buffer.from([0xf7, 0x44, 0x41, 0x51, 1, crc ? 1 : 0, 24, 0]).copy(header)
  header.writeUInt32LE(meta.length, 8)
  if (crc) header.writeUInt32LE(crc32(data, crc32(meta)), 12)
  header.writeBigUInt64LE(BigInt(data.length), 16)
  return Buffer.concat([header, meta, data])
}

function open(path: string) {
  const warnings: string[] = []
  const file = new RecordFile({ name: 'frame:', path, format: frameFormat, warn: message => warnings.push(message) })
  file.close()
  return { size: file.size, survey: file.survey, warnings }
}

const FRAMES = [frame('{"id":1}', Buffer.from('abc')), frame('{}'), frame('{"id":3}', Buffer.alloc(50, 7))]

t.test('cut at any byte: whole frames stay, the rest is set aside and named', async t => {
  const whole = Buffer.concat(FRAMES)
  const ends = FRAMES.map((_, n) => Buffer.concat(FRAMES.slice(0, n + 1)).length)
  for (let cut = 0; cut <= whole.length; cut++) {
    const folder = t.testdir({})
    writeFileSync(`${folder}/log`, whole.subarray(0, cut))
    const { size, warnings } = open(`${folder}/log`)
    const end = [0, ...ends].findLast(position => position <= cut) ?? 0
    t.equal(size, end)
    t.same(readFileSync(`${folder}/log`), whole.subarray(0, end))
    if (end === cut) t.same([warnings, readdirSync(folder)], [[], ['log']])
    else {
      t.match(warnings, [`cut short at byte ${end}: moved ${cut - end} bytes`])
      t.same(readFileSync(`${folder}/log.torn-${end}`), whole.subarray(end, cut))
    }
  }
})

t.test('a last frame with a bad CRC was cut short, too: its length may be there before its bytes', async t => {
  const whole = Buffer.concat(FRAMES)
  whole.fill(0, whole.length - 20)
  const folder = t.testdir({})
  writeFileSync(`${folder}/log`, whole)
  t.equal(open(`${folder}/log`).size, whole.length - frame('{"id":3}', Buffer.alloc(50)).length)
})

t.test('without a CRC a frame is whole by its length', async t => {
  const folder = t.testdir({})
  writeFileSync(`${folder}/log`, frame('{}', Buffer.alloc(9), { crc: false }))
  t.same(open(`${folder}/log`).warnings, [])
})

t.test('damage in the middle is left to the reader', async t => {
  const [one = Buffer.alloc(0), two = Buffer.alloc(0), three = Buffer.alloc(0)] = FRAMES
  const wrongLength = Buffer.from(two)
  wrongLength.writeUInt32LE(1_000_000, 8)
  for (const damage of [Buffer.from('noise'), wrongLength, Buffer.alloc(2_000_000, 0xf7)]) {
    const folder = t.testdir({})
    const bytes = Buffer.concat([one, damage, three])
    writeFileSync(`${folder}/log`, bytes)
    t.same([open(`${folder}/log`).size, open(`${folder}/log`).warnings], [bytes.length, []])
  }
})

t.test('frames inside the data of a torn frame are not taken for frames of the file', async t => {
  const inner = frame('{"inner":true}', Buffer.from('data'))
  const outer = frame('{"id":1}', Buffer.concat([inner, Buffer.alloc(100)]))
  const folder = t.testdir({})
  writeFileSync(`${folder}/log`, Buffer.concat([frame('{}'), outer]))
  t.equal(open(`${folder}/log`).size, 24 + 8 + outer.length, 'whole, it is one frame')
  writeFileSync(`${folder}/log`, Buffer.concat([frame('{}'), outer.subarray(0, -1)]))
  t.equal(open(`${folder}/log`).size, 24 + 8, 'torn, it is none')
})

t.test('a survey says where frames begin, about one place a megabyte', async t => {
  const one = frame('{"id":1}', Buffer.alloc(1000))
  const folder = t.testdir({})
  writeFileSync(`${folder}/log`, Buffer.concat(Array.from({ length: 3000 }, () => one)))
  const { survey } = open(`${folder}/log`)
  for (const position of [0, 1_000_000, 2_500_000, 3_000_000]) {
    const start = survey?.start(position) ?? -1
    t.equal(start % one.length, 0)
    t.ok(start <= position && position - start < 1.1 * 1024 * 1024)
  }
})

t.test('whole frames are counted, up to a limit', async t => {
  const bytes = Buffer.concat(FRAMES)
  t.same(frameFormat.whole(bytes.subarray(0, bytes.length - 1)), { records: 2, length: 24 + 8 + 3 + 24 + 8 })
  t.same(frameFormat.whole(bytes, 1), { records: 1, length: 35 })
})
