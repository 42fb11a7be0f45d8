// NDJSON into SQLite, in bulk and durable batch by batch.

import type { Bench, Case, Input, Settings, Side } from './harness.ts'
import { timed } from './harness.ts'
import { ndjsonRows } from './input.ts'
import { folder, ours, peer, shell } from './machine.ts'

const base = `${folder}/log.db`
const clear = `rm -f ${base} ${base}-*`
const fields = ['timestamp', 'id', 'name', 'value']

interface Loader {
  readonly name: string
  readonly needs: readonly string[]
  /** A shell command that fills the data base from the file. */
  load(input: string): string
}

/** SQLite's own way: lines into a table, fields out of them. `id` is the type and constraint of that column. */
function extract(id: string): (input: string) => string {
  const columns = fields.map(field => `j->>'$.${field}'`).join(',')
  const statements = [
    '.mode ascii',
    '.separator "\\037" "\\n"',
    'create temp table raw(j text);',
    `create table log(timestamp text, id ${id}, name text, value integer);`,
    `.import INPUT raw`,
    `insert into log select ${columns} from raw;`,
  ]
  return input =>
    `sqlite3 ${base} ${statements.map(line => `'${line.replace('INPUT', input).replaceAll("'", `'\\''`)}'`).join(' ')}`
}

function side({ name, needs, load }: Loader, input: Input): Side {
  const rows = `sqlite3 ${base} 'select ${fields.join()} from log order by timestamp'`
  return {
    name,
    needs: [...needs, 'sqlite3'],
    run: async () => {
      await shell(clear)
      const run = await timed(load(input.path), input.lines)
      const stored = (await shell(`sqlite3 ${base} 'select count(*) from log'`)).trim()
      await shell(clear)
      if (stored !== String(input.lines)) throw new Error(`${stored} rows stored of ${input.lines}`)
      return run
    },
    answer: () => shell(`set -e; ${clear}; ${load(ndjsonRows(2000).path)}; ${rows}; ${clear}`),
  }
}

export const sqlite: Bench = {
  name: 'sqlite',
  summary: '2 million NDJSON lines into SQLite: log-sink sqlite: against sqlite3 with json_extract, Python executemany',
  async cases({ scale }: Settings): Promise<readonly Case[]> {
    const full = ndjsonRows(Math.round(2_000_000 * scale))
    const python = (input: string) => `cat ${input} | ${peer('sqlite.py', base)}`
    const sink = (input: string) => `cat ${input} | ${ours('log-sink', `-q --sync never sqlite:${base}`)}`
    const sides = [
      { name: 'sqlite3 json_extract', needs: [], load: extract('text') },
      { name: 'the same, id unique', needs: [], load: extract('text unique') },
      { name: 'python executemany', needs: ['python3'], load: python },
      { name: 'log-sink sqlite:', needs: ['log-sink'], load: sink },
    ]
    const bars = [
      { side: 'log-sink sqlite:', factor: 1, than: 'sqlite3 json_extract' },
      { side: 'log-sink sqlite:', factor: 2, than: 'python executemany' },
    ]
    return [
      { title: 'NDJSON to SQLite', unit: 'rows/s', better: 'more', sides: sides.map(one => side(one, full)), bars },
    ]
  },
}

export const sqliteDurable: Bench = {
  name: 'sqlite-durable',
  summary: 'NDJSON into SQLite, every 1,000 rows a durable transaction (WAL, full): log-sink against Python',
  async cases({ scale }: Settings): Promise<readonly Case[]> {
    const few = ndjsonRows(Math.round(200_000 * scale))
    const python = (input: string) => `cat ${input} | ${peer('sqlite.py', `${base} 1000`)}`
    const sink = (input: string) => `cat ${input} | ${ours('log-sink', `-q --sync always 'sqlite:${base}?batch=1000'`)}`
    const sides = [
      { name: 'python executemany', needs: ['python3'], load: python },
      { name: 'log-sink sqlite:', needs: ['log-sink'], load: sink },
    ]
    const bars = [{ side: 'log-sink sqlite:', factor: 3, than: 'python executemany' }]
    return [
      {
        title: 'NDJSON to SQLite, durable',
        unit: 'rows/s',
        better: 'more',
        sides: sides.map(one => side(one, few)),
        bars,
      },
    ]
  },
}
