// NDJSON into PostgreSQL: the server that DAQ_TEST_POSTGRES names, else one that is made for the bench.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import type { Bench, Case, Input, Settings, Side } from './harness.ts'
import { timed } from './harness.ts'
import { csvRows, ndjsonRows } from './input.ts'
import { environment, findProgram, ours, shell } from './machine.ts'

const PORT = 54978
const TABLE = 'bench_log'
let server: { readonly process: ChildProcess; readonly place: string } | undefined

export const postgres: Bench = {
  name: 'postgres',
  summary: 'into PostgreSQL: log-sink postgres: from NDJSON against psql \\copy from CSV, mlr | \\copy and psql INSERT',
  async cases({ scale }: Settings): Promise<readonly Case[]> {
    const url = process.env['DAQ_TEST_POSTGRES'] ?? (await startServer())
    const rows = Math.round(300_000 * scale)
    const lines = ndjsonRows(rows)
    const table = csvRows(rows)
    const some = ndjsonRows(Math.round(60_000 * scale))
    const few = csvRows(2000)
    const psql = `psql -q -v ON_ERROR_STOP=1 '${url}'`
    const copy = (from: string) => `${psql} -c '\\copy ${TABLE} from ${from} csv header'`
    const insert = `awk -F, -v q="'" 'NR>1{print "insert into ${TABLE} values ("q$1q","q$2q","q$3q","$4");"}' ${few.path}`
    const sink = ours('log-sink', `-q '${url}${url.includes('?') ? '&' : '?'}table=${TABLE}'`)
    const plain = `create table ${TABLE}(timestamp timestamptz, id text, name text, value double precision)`
    const unique = plain.replace('id text', 'id text unique')
    const sides = [
      { name: 'CSV, psql \\copy', needs: [], create: plain, input: table, load: copy(table.path) },
      { name: 'the same, id unique', needs: [], create: unique, input: table, load: copy(table.path) },
      {
        name: 'NDJSON, mlr | \\copy',
        needs: ['mlr'],
        create: plain,
        input: some,
        load: `mlr --ijsonl --ocsv cat ${some.path} | ${copy('stdin')}`,
      },
      { name: 'CSV, psql insert', needs: [], create: plain, input: few, load: `${insert} | ${psql} >/dev/null` },
      { name: 'NDJSON, log-sink', needs: ['log-sink'], create: '', input: lines, load: `cat ${lines.path} | ${sink}` },
    ].map(one => side(one, psql))
    return [{ title: 'rows into PostgreSQL', unit: 'rows/s', better: 'more', sides, bars: [] }]
  },
  async close() {
    if (server === undefined) return
    const ended = once(server.process, 'exit')
    server.process.kill('SIGTERM')
    await ended
    rmSync(server.place, { recursive: true })
    server = undefined
  },
}

interface Loader {
  readonly name: string
  readonly needs: readonly string[]
  readonly create: string
  readonly input: Input
  readonly load: string
}

function side({ name, needs, create, input, load }: Loader, psql: string): Side {
  return {
    name,
    needs: [...needs, 'psql'],
    run: async () => {
      await shell(`${psql} -c 'drop table if exists ${TABLE}' -c '${create}' 2>/dev/null`)
      const run = await timed(load, input.lines)
      const stored = (await shell(`${psql} -At -c 'select count(*) from ${TABLE}'`)).trim()
      if (stored !== String(input.lines)) throw new Error(`${stored} rows stored of ${input.lines}`)
      return run
    },
  }
}

/** A cluster of its own, run by the user postgres where the bench runs as root, which PostgreSQL refuses. */
async function startServer(): Promise<string> {
  const initdb = findProgram('initdb')
  if (initdb === undefined) throw new Error('no PostgreSQL: set DAQ_TEST_POSTGRES, or apt-get install postgresql')
  const place = mkdtempSync('/tmp/daqutils-bench-postgres-')
  const root = process.getuid?.() === 0
  if (root) await shell(`chown postgres ${place}`)
  else chmodSync(place, 0o700)
  const drop = root ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] : []
  await shell(`cd / && ${drop.join(' ')} ${initdb} -A trust -U postgres -N -D ${place}/data >/dev/null`)
  const settings = ['-c', 'listen_addresses=127.0.0.1', '-c', 'shared_buffers=256MB', '-c', 'max_wal_size=4GB']
  const words = [
    ...drop,
    initdb.replace(/initdb$/, 'postgres'),
    '-D',
    `${place}/data`,
    '-p',
    String(PORT),
    '-k',
    place,
    ...settings,
  ]
  const child = spawn(words[0] ?? '', words.slice(1), { cwd: '/', env: environment, stdio: 'ignore' })
  server = { process: child, place }
  const url = `postgres://postgres@127.0.0.1:${PORT}/postgres`
  for (let attempt = 0; ; attempt++) {
    try {
      await shell(`psql '${url}' -c 'select 1' >/dev/null 2>&1`)
      return url
    } catch (error) {
      if (attempt > 50) throw new Error('the PostgreSQL of the bench does not answer', { cause: error })
      await setTimeout(100)
    }
  }
}
