// Files that are only appended to: torn tails, failed writes.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { csvFormat, lineFormat, type RecordFormat } from '../../src/carrier/record-format.ts'
import { RecordFile } from '../../src/store/record-file.ts'

function open(path: string, format: RecordFormat = lineFormat) {
  const warnings: string[] = []
  const file = new RecordFile({ name: `x:${path}`, path, format, warn: message => warnings.push(message) })
  return { file, warnings }
}

const bytes = (text: string) => Buffer.from(text)

t.test('what was appended is there, and more is appended after it', async t => {
  const path = `${t.testdir()}/log`
  const { file } = open(path)
  t.same(file.append([bytes('{\n'), bytes('b\n')]), { bytes: 4 })
  await file.sync()
  file.close()
  const again = open(path)
  t.equal(again.file.size, 4)
  again.file.append([bytes('c\n')])
  again.file.close({ durable: true })
  t.equal(readFileSync(path, 'utf8'), '{\nb\nc\n')
  t.same(again.warnings, [])
})

const CASES = [
  { name: 'lines', format: lineFormat, records: ['{"a":1}\n', '{"b":"é"}\n', '{}\n'] },
  { name: 'csv', format: csvFormat, records: ['a,b\r\n', '1,"x\ny ""q"""\r\n', '"\n\n",3\r\n', '5,6\r\n'] },
]

for (const { name, format, records } of CASES) {
  t.test(`${name} cut at any byte: whole records stay, the rest is set aside and named`, async t => {
    const whole = bytes(records.join(''))
    const ends = records.map((_, n) => bytes(records.slice(0, n + 1).join('')).length)
    for (let cut = 0; cut <= whole.length; cut++) {
      const folder = t.testdir({})
      writeFileSync(`${folder}/log`, whole.subarray(0, cut))
      const { file, warnings } = open(`${folder}/log`, format)
      const end = [0, ...ends].findLast(position => position <= cut) ?? 0
      t.equal(file.size, end)
      t.same(readFileSync(`${folder}/log`), whole.subarray(0, end))
      if (end === cut) {
        t.same([warnings, readdirSync(folder)], [[], ['log']])
      } else {
        t.match(warnings, [`the last record was cut short at byte ${end}: moved ${cut - end} bytes`])
        t.same(readFileSync(`${folder}/log.torn-${end}`), whole.subarray(end, cut))
      }
      file.close()
    }
  })
}

t.test('a tail torn twice at the same place is kept twice', async t => {
  const folder = t.testdir({ log: '{\nbc' })
  open(`${folder}/log`).file.close()
  writeFileSync(`${folder}/log`, '{\nxyz')
  open(`${folder}/log`).file.close()
  t.equal(readFileSync(`${folder}/log.torn-2`, 'utf8'), 'bc')
  t.equal(readFileSync(`${folder}/log.torn-2.2`, 'utf8'), 'xyz')
})

t.test('a torn tail longer than a block is moved whole', async t => {
  const tail = 'x'.repeat(2.5 * 1024 * 1024)
  const folder = t.testdir({ log: `{\n${tail}` })
  const { file } = open(`${folder}/log`)
  t.equal(file.size, 2)
  t.equal(readFileSync(`${folder}/log.torn-2`, 'utf8'), tail)
  file.close()
})

t.test('a survey of lines and of CSV rows says where records begin', async t => {
  const row = `{${'y'.repeat(98)}\n`
  for (const format of [lineFormat, csvFormat]) {
    const { file } = open(`${t.testdir({ log: row.repeat(30_000) })}/log`, format)
    for (const position of [0, 50, 100, 1_500_000, 2_999_999, 3_000_000]) {
      const start = file.survey?.start(position) ?? -1
      t.equal(start % 100, 0)
      t.ok(start <= position && position - start < 1.1 * 1024 * 1024)
    }
    file.close()
  }
})

t.test('a device without space fails in words and is not taken for written', async t => {
  const { file } = open('/dev/full')
  const { bytes: stored, failure } = file.append([bytes('a\n')])
  t.equal(stored, 0)
  t.match(failure, { records: 0, error: { message: 'x:/dev/full: no space left on device' } })
  file.close()
})

t.test('a file that cannot be opened is a CarrierError in words', async t => {
  t.throws(() => open(`${t.testdir()}/none/log`), /none\/log: no such file or directory/)
  t.throws(() => open(t.testdir()), /is a directory/)
})

t.test('a file of another kind is left alone', async t => {
  const folder = t.testdir({ log: 'my notes', csv: 'a\0b' })
  t.throws(() => open(`${folder}/log`), /left alone/)
  t.throws(() => open(`${folder}/csv`, csvFormat), /left alone/)
  t.same(readdirSync(folder), ['csv', 'log'])
  t.equal(readFileSync(`${folder}/log`, 'utf8'), 'my notes')
})

t.test('it knows whether it was moved away', async t => {
  const folder = t.testdir({ log: '{\n', other: '{\n' })
  const { file } = open(`${folder}/log`)
  t.ok(file.isAt(`${folder}/log`))
  t.notOk(file.isAt(`${folder}/other`))
  t.notOk(file.isAt(`${folder}/none`))
  file.close()
})

t.test('many sync calls at once all resolve', async t => {
  const { file } = open(`${t.testdir()}/log`)
  const syncs: Promise<void>[] = []
  for (let n = 0; n < 20; n++) {
    file.append([bytes('a\n')])
    syncs.push(file.sync())
  }
  await Promise.all(syncs)
  file.close()
})

t.test('whole records are counted, up to a limit', async t => {
  t.same(lineFormat.whole(bytes('a\nb\nc')), { records: 2, length: 4 })
  t.same(lineFormat.whole(bytes('a\nb\nc'), 1), { records: 1, length: 2 })
  t.same(csvFormat.whole(bytes('"a\n",1\nb\nc"')), { records: 2, length: 9 })
  t.same(csvFormat.whole(bytes('"a\n",1\nb\n'), 1), { records: 1, length: 7 })
})
