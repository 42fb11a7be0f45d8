// A real record of temperatures, from CSV over TCP into SQLite and back: every row, every byte of every value.

import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { loadEngine } from '../../src/store/sqlite-engine.ts'
import { finish, start } from '../support/process.ts'
import { noSqlite } from '../support/sqlite.ts'

/** The folder that holds the measured file; without it a made one of the same size and shape takes its place. */
const DATA = process.env['DAQ_TEST_DATA']
const text = DATA === undefined ? madeUp(7267) : readFileSync(join(DATA, 'ambient-temperature.csv'), 'utf8')
const FILE = join(t.testdir({ 'temperature.csv': text }), 'temperature.csv')
const rows = text.trimEnd().split(/\r?\n/).slice(1)

/** Hourly values with as many digits as the measured ones have. */
function madeUp(count: number): string {
  const hour = (n: number) => new Date(Date.UTC(2013, 6, 4, n)).toISOString().slice(0, 19).replace('T', ' ')
  const value = (n: number) => (71 + 9 * Math.sin(n / 500) + Math.sin(n * 12.9898) * 4).toFixed(8).replace(/\.?0+$/, '')
  return ['timestamp,value', ...Array.from({ length: count }, (_, n) => `${hour(n)},${value(n)}`), ''].join('\n')
}

const valuesOf = (csv: string): string[] => {
  const [header = '', ...lines] = csv.trimEnd().split(/\r?\n/)
  const column = header.split(',').indexOf('value')
  return lines.map(line => line.split(',')[column] ?? '')
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  return address !== null && typeof address === 'object' ? address.port : 0
}

t.setTimeout(120_000)

const skip = DATA === undefined ? 'DAQ_TEST_DATA is not set' : false
t.test('the file is the one we think it is', { skip }, async t => {
  const values = valuesOf(text).map(Number)
  t.equal(rows.length, 7267)
  t.equal((values.reduce((sum, value) => sum + value, 0) / values.length).toFixed(7), '71.2424327')
  t.same([Math.min(...values), Math.max(...values)], [57.45840559, 86.22321261])
})

t.test('CSV to newline-JSON and back to CSV is the same file', async t => {
  const { code, stdout, stderr } = await finish(t, `repack --from csv --to ndjson <${FILE} | repack --to csv`)
  t.same([code, stderr], [0, ''])
  t.ok(stdout.replaceAll('\r\n', '\n') === text.replaceAll('\r\n', '\n'))
})

t.test('over TCP into SQLite, and out again as CSV', { skip: noSqlite }, async t => {
  const folder = t.testdir({})
  const port = await freePort()
  const sink = start(t, `exec log-sink -i "tcp://127.0.0.1:${port}?listen" -n ${rows.length} sqlite:log.sqlite`, {
    folder,
  })
  const sender = await finish(t, `repack --from csv -i ${FILE} -o tcp://127.0.0.1:${port}`, '', { folder })
  t.match(sender, { code: 0, stdout: '' })
  t.match(await sink.ended, { code: 0, stderr: /7267 stored/ })

  const engine = await loadEngine('sqlite:')
  const database = engine.open(join(folder, 'log.sqlite'), { readOnly: true })
  const query = 'select count(*) count, avg(value) mean, min(value) least, max(value) greatest from log'
  const [row] = database.prepare(query).all([])
  database.close()
  const values = valuesOf(text).map(Number)
  t.match(row, { count: 7267n, least: Math.min(...values), greatest: Math.max(...values) })
  t.equal(Number(row?.['mean']).toFixed(7), (values.reduce((sum, value) => sum + value, 0) / values.length).toFixed(7))

  const back = await finish(t, 'log-source sqlite:log.sqlite --to csv', '', { folder })
  t.match(back, { code: 0, stderr: '' })
  t.same(valuesOf(back.stdout), valuesOf(text))
})
