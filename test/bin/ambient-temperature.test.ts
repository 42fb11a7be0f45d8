// A real record of temperatures, from CSV over TCP into SQLite and back: every row, every byte of every value.

import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import t from 'tap'
import { ROOT } from '../support/cases.ts'
import { finish, start } from '../support/process.ts'

const FILE = join(ROOT, 'fixtures/data/ambient-temperature.csv')
const text = readFileSync(FILE, 'utf8')
const rows = text.trimEnd().split(/\r?\n/).slice(1)

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

t.test('the file is the one we think it is', async t => {
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

t.test('over TCP into SQLite, and out again as CSV', async t => {
  const folder = t.testdir({})
  const port = await freePort()
  const sink = start(t, `exec log-sink -i "tcp://127.0.0.1:${port}?listen" -n ${rows.length} sqlite:log.sqlite`, {
    folder,
  })
  const sender = await finish(t, `repack --from csv -i ${FILE} -o tcp://127.0.0.1:${port}`, '', { folder })
  t.match(sender, { code: 0, stdout: '' })
  t.match(await sink.ended, { code: 0, stderr: /7267 stored/ })

  const database = new Database(join(folder, 'log.sqlite'), { readonly: true })
  const query = 'select count(*) count, avg(value) mean, min(value) least, max(value) greatest from log'
  const row = database.prepare<[], Record<string, number>>(query).get()
  database.close()
  t.match(row, { count: 7267, least: 57.45840559, greatest: 86.22321261 })
  t.equal(row?.['mean']?.toFixed(7), '71.2424327')

  const back = await finish(t, 'log-source sqlite:log.sqlite --to csv', '', { folder })
  t.match(back, { code: 0, stderr: '' })
  t.same(valuesOf(back.stdout), valuesOf(text))
})
