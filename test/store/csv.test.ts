// The CSV store.

import { readFileSync, statSync, truncateSync } from 'node:fs'
import t from 'tap'
import { gapPacket, packet } from '../../src/packet.ts'
import { logged, messages, openStore } from '../support/store-context.ts'

/** With plain newlines: rows end in CR and LF, as RFC 4180 says. */
const text = (path: string) => readFileSync(path, 'utf8').replaceAll('\r\n', '\n')

t.test('one header, a row for each packet, appended to across restarts', async t => {
  const path = `${t.testdir()}/log.csv`
  await logged(`csv:${path}`, [messages(0, 2)])
  await logged(`csv:${path}`, [messages(2, 3)])
  t.equal(
    text(path),
    [
      'timestamp,id,name,value',
      '2026-11-21T00:00:00.000Z,id-0,sensor-0,-100',
      '2026-11-21T00:00:01.000Z,id-1,sensor-1,-99',
      '2026-11-21T00:00:02.000Z,id-2,sensor-2,-98',
      '',
    ].join('\n'),
  )
})

t.test('a header without rows is no second header', async t => {
  const folder = t.testdir({ 'log.csv': 'name,value\n' })
  await logged(`csv:${folder}/log.csv`, [[packet({ value: 1, name: 'a' })]])
  t.equal(text(`${folder}/log.csv`), 'name,value\na,1\n')
})

t.test('the columns can be fixed, in any order; a missing key and null are empty cells', async t => {
  const path = `${t.testdir()}/log.csv`
  await logged(`csv:${path}?columns=value,name,unit`, [
    [packet({ name: 'a', value: 1 }), packet({ name: 'b', value: null }), packet({ name: '', value: true })],
  ])
  t.equal(text(path), 'value,name,unit\n1,a,\n,b,\ntrue,"",\n')
})

t.test('what needs quotes is quoted as RFC 4180 says', async t => {
  const path = `${t.testdir()}/log.csv`
  await logged(`csv:${path}`, [[packet({ 'a,b': 'x "y"', c: 'two\nlines', d: [1, 2], e: 'plain ; text' })]])
  t.equal(text(path), '"a,b",c,d,e\n"x ""y""","two\nlines","[1,2]",plain ; text\n')
})

t.test('a packet with a key that has no column is rejected, not cut', async t => {
  const path = `${t.testdir()}/log.csv`
  const { rejects, ledger } = await logged(`csv:${path}`, [
    [packet({ name: 'a', value: 1 }), packet({ name: 'b', value: 2, unit: 'K' }), packet({ name: 'c', value: 3 })],
  ])
  t.equal(text(path), 'name,value\na,1\nc,3\n')
  t.match(rejects, [{ reason: 'no such column', detail: "'unit' (columns: name, value)" }])
  t.equal(Buffer.from(rejects[0]?.bytes ?? []).toString(), '{"name":"b","value":2,"unit":"K"}')
  t.match(ledger.report()[`csv:${path}`], { in: 2, out: 2 })
})

t.test('with extra all other keys are kept as JSON', async t => {
  const path = `${t.testdir()}/log.csv`
  const { rejects } = await logged(`csv:${path}?columns=name,value&extra`, [
    [packet({ name: 'a', value: 1 }), packet({ name: 'b', value: 2, unit: 'K', at: [1] })],
    [gapPacket({ lost: 3, reason: 'overflow', stage: 'x' })],
  ])
  t.same(rejects, [])
  t.equal(
    text(path),
    [
      'name,value,extra',
      'a,1,',
      'b,2,"{""unit"":""K"",""at"":[1]}"',
      ',,"{""gap"":{""lost"":3,""reason"":""overflow"",""stage"":""x""}}"',
      '',
    ].join('\n'),
  )
})

t.test('a gap record has no column and does not make the columns', async t => {
  const path = `${t.testdir()}/log.csv`
  const { rejects } = await logged(`csv:${path}`, [
    [gapPacket({ lost: 3, reason: 'overflow', stage: 'x' }), ...messages(0, 1)],
  ])
  t.equal(text(path).split('\n').length, 3)
  t.match(rejects, [{ reason: 'no such column' }])
})

t.test('columns that contradict the file are an error', async t => {
  const folder = t.testdir({ 'log.csv': 'name,value\na,1\n' })
  const url = `csv:${folder}/log.csv`
  await t.rejects(openStore(`${url}?columns=value,name`), /has the columns name,value: expected value,name/)
  await t.rejects(openStore(`${url}?extra`), /expected 'extra', too/)
  await t.rejects(openStore(`${url}?colums=a`), /unknown parameter 'colums' \(known: columns, extra\)/)
  t.equal(text(`${folder}/log.csv`), 'name,value\na,1\n')
})

t.test('a header with quotes is understood', async t => {
  const folder = t.testdir({ 'log.csv': '\uFEFF"a,b","say ""x""",c\r\n1,2,3\r\n' })
  await logged(`csv:${folder}/log.csv`, [[packet({ c: 6, 'a,b': 4, 'say "x"': 5 })]])
  t.equal(text(`${folder}/log.csv`), '\uFEFF"a,b","say ""x""",c\n1,2,3\n4,5,6\n')
})

t.test('a torn row is set aside, a torn header, too', async t => {
  const folder = t.testdir({ 'log.csv': 'name,value\na,1\nb,', 'head.csv': 'name,val' })
  const { warnings } = await logged(`csv:${folder}/log.csv`, [[packet({ name: 'c', value: 3 })]])
  t.equal(text(`${folder}/log.csv`), 'name,value\na,1\nc,3\n')
  t.match(warnings, [/cut short at byte 15: moved 2 bytes to .*log\.csv\.torn-15/])
  await logged(`csv:${folder}/head.csv`, [[packet({ name: 'c', value: 3 })]])
  t.equal(text(`${folder}/head.csv`), 'name,value\nc,3\n')
  t.equal(text(`${folder}/head.csv.torn-0`), 'name,val')
})

t.test('a rotated file begins with the header, too', async t => {
  const folder = t.testdir()
  const now = () => Date.UTC(2026, 10, 21)
  await logged(`csv:${folder}/log.csv`, [messages(0, 4)], { rotation: { size: 120 }, now })
  t.equal(text(`${folder}/log.csv`).split('\n')[0], 'timestamp,id,name,value')
  t.equal(text(`${folder}/log.csv`).split('\n').length, 4)
  t.equal(text(`${folder}/log.2026-11-21T000000.000Z.csv`).split('\n').length, 4)
})

t.test('a packet that comes again after a restart is stored once', async t => {
  const path = `${t.testdir()}/log.csv`
  await logged(`csv:${path}`, [messages(0, 100)], { deduplicate: true })
  truncateSync(path, statSync(path).size - 10)
  const { ledger } = await logged(`csv:${path}`, [messages(50, 150)], { deduplicate: true })
  t.match(ledger.report()[`csv:${path}`], { in: 100, out: 51, duplicate: 49 })
  const ids = text(path)
    .split('\n')
    .slice(1, -1)
    .map(row => row.split(',')[1])
  t.same(
    ids,
    messages(0, 150).map(({ meta }) => meta['id']),
  )
})
