import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { commandFolder, runLine } from '../support/cases.ts'

const LINES = [
  '{"name":"a","value":1}',
  '{"name":"b","value":-2}',
  '{"name":"a","value":3.50}',
  '{"name":"a\\n","v":1}',
]
const folder = t.testdir({ 'in.ndjson': `${LINES.join('\n')}\n` })
const commands = commandFolder(folder)
const repack = async (words: string, input?: string) => {
  const outcome = await runLine(`repack ${words}`, commands, { folder, ...(input && { input: Buffer.from(input) }) })
  return { ...outcome, lines: outcome.stdout.toString().split('\n').slice(0, -1) }
}

t.test('lines pass as they came', async t => {
  t.same((await repack('in.ndjson')).lines, LINES)
})

t.test('conditions are all met by what passes, and the count counts what passes', async t => {
  t.same((await repack(`in.ndjson --where 'value>0'`)).lines, [LINES[0], LINES[2]])
  t.same((await repack(`in.ndjson --where 'value>0' --where value!=1`)).lines, [LINES[2]])
  t.same((await repack(`in.ndjson --where 'value>0' -n 1`)).lines, [LINES[0]])
  t.same((await repack('in.ndjson --where v')).lines, [LINES[3]])
  const wrong = await repack(`in.ndjson --where 'value>'`)
  t.equal(wrong.code, 2)
})

t.test('a count of raw packets is the same however they are read', async t => {
  writeFileSync(join(folder, 'a.raw'), Buffer.alloc(300_000, 'samples '))
  const lines = ['repack --from raw -n 3 a.raw', 'dd if=a.raw bs=777 status=none | repack --from raw -n 3']
  for (const line of lines) t.equal((await runLine(`${line} --to raw`, commands, { folder })).stdout.length, 3 * 65536)
})

t.test('picked fields come in the order asked for, spelled as they were', async t => {
  t.same((await repack('in.ndjson --pick value,name -n 3')).lines, [
    '{"value":1,"name":"a"}',
    '{"value":-2,"name":"b"}',
    '{"value":3.50,"name":"a"}',
  ])
})

t.test('canonical packets have one spelling, and what does not parse is rejected', async t => {
  const { code, lines, stderr } = await repack('--canonical', '{ "a" : 1.0 }\n{"a":}\n{"b":2}\n')
  t.same([code, lines], [3, ['{"a":1}', '{"b":2}']])
  t.match(stderr, /stdin:2 \(byte 14\): rejected: invalid JSON/)
})

t.test('every output gets every packet, each in its own format', async t => {
  const { code, lines } = await repack(`in.ndjson --where value -o - -o out.csv -o out.daq`)
  t.same([code, lines.length], [0, 3])
  t.equal(readFileSync(join(folder, 'out.csv'), 'utf8'), 'name,value\r\na,1\r\nb,-2\r\na,3.50\r\n')
  const back = await repack('out.daq --to ndjson')
  t.same(
    back.lines.map(line => JSON.parse(line)),
    [...LINES.slice(0, 3)].map(line => JSON.parse(line)),
  )
})
