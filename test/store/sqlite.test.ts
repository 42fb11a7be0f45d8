// The SQLite store.

import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { NO_DATA, type Packet, packet } from '../../src/packet.ts'
import { type Cell, loadEngine, nodeSqlite } from '../../src/store/sqlite-engine.ts'
import { ensureTable, makeIdsUnique } from '../../src/store/sqlite-table.ts'
import { startScript } from '../support/script.ts'
import { logged, messages, openStore, readBack } from '../support/store-context.ts'

const engine = await loadEngine('sqlite:').catch(() => undefined)
if (!engine) {
  t.plan(0, 'neither better-sqlite3 nor node:sqlite is there')
  process.exit(0)
}

function query(path: string, sql: string): readonly Readonly<Record<string, Cell>>[] {
  const database = engine?.open(path)
  try {
    return database?.prepare(sql).all([]) ?? []
  } finally {
    database?.close()
  }
}

function execute(path: string, sql: string): void {
  const database = engine?.open(path)
  database?.exec(sql)
  database?.close()
}

const file = (t: Test) => `${t.testdir({})}/log.sqlite`
const ids = (packets: readonly Packet[]) => packets.map(({ meta }) => meta['id'])
const UNIQUE = `SELECT count(*) AS n FROM pragma_index_list('log') WHERE "unique"`

t.test('packets come back as they were: types, keys, bytes', async t => {
  const path = file(t)
  const packets = [
    ...messages(0, 120),
    packet({ id: 'a', value: 0.1 + 0.2, unit: 'K', nested: { deep: [1, null] } }),
    packet({ id: 'b', value: 'text' }),
    packet({ id: 'c', value: null, name: 5 }),
    packet({ id: 'd', value: 2 ** 53 - 1 }),
    packet({ id: 'e', value: -1.7976931348623157e308 }),
    packet({ id: 'f', value: 5e-324, name: 'zero \0 and 😀' }),
    packet({ id: 'g', dtype: 'uint8' }, Uint8Array.of(0, 255, 10)),
    packet({ no: 'id' }),
    packet({ no: 'id' }),
    packet({}),
  ]
  const { ledger, store } = await logged(`sqlite:${path}`, [packets])
  t.same(
    await readBack(path),
    packets.map(({ meta, data }) => ({ meta, data: data.length > 0 ? data : NO_DATA })),
  )
  t.match(ledger.report()[store.name], { in: 130, out: 130, duplicate: 0, bytes: 3 })
})

t.test('numbers have the type they look like', async t => {
  const path = file(t)
  await logged(path, [
    [packet({ value: -100 }), packet({ value: 2 ** 40 }), packet({ value: 0.5 }), packet({ value: '7' })],
  ])
  const types = query(path, 'SELECT typeof(value) AS type FROM log')
  t.same(
    types.map(({ type }) => type),
    ['integer', 'integer', 'real', 'text'],
  )
})

t.test('a resent message is stored once, also in a later run and in the middle of a load', async t => {
  const path = file(t)
  const first = await logged(path, [messages(0, 5), messages(3, 8)])
  t.match(first.ledger.report()[path], { in: 10, out: 8, duplicate: 2 })
  const second = await logged(path, [messages(6, 10)])
  t.match(second.ledger.report()[path], { in: 4, out: 2, duplicate: 2 })
  t.same(await readBack(path), messages(0, 10))
  t.equal(query(path, UNIQUE)[0]?.['n'], 1n)
})

t.test('with an acknowledged input the ids are unique from the beginning', async t => {
  const path = file(t)
  const { store, ledger } = await openStore(path, { deduplicate: true, sync: 'always' })
  store.write([...messages(0, 3), ...messages(0, 3)])
  await store.commit?.()
  t.equal(query(path, UNIQUE)[0]?.['n'], 1n)
  t.match(ledger.report()[path], { in: 6, out: 3, duplicate: 3 })
  await store.close()
})

t.test('a slow stream has its index within a second or two', async t => {
  const path = file(t)
  const { store } = await openStore(path)
  store.write(messages(0, 10))
  while (query(path, UNIQUE)[0]?.['n'] !== 1n) await new Promise(resolve => setTimeout(resolve, 20))
  store.write(messages(5, 15))
  await store.close()
  t.equal((await readBack(path)).length, 15)
})

t.test('what is not committed yet is committed when nothing more comes', async t => {
  const path = file(t)
  const { store } = await openStore(path)
  store.write(messages(0, 3))
  while ((await readBack(path)).length < 3) await new Promise(setImmediate)
  store.write(messages(3, 6))
  while ((await readBack(path)).length < 6) await new Promise(resolve => setTimeout(resolve, 5))
  await store.close()
  t.pass('both were there while the store was open')
})

t.test('duplicates that a killed process left behind are removed at the next start', async t => {
  const path = file(t)
  await logged(path, [messages(0, 4)])
  execute(path, 'DROP INDEX log_id; INSERT INTO log SELECT * FROM log; INSERT INTO log(value) VALUES (1), (1)')
  const { store, warnings } = await openStore(path)
  await store.close()
  t.same(warnings, [`${path}: 4 records were there twice: removed`])
  t.same(
    await readBack(path),
    [...messages(0, 4), packet({ value: 1 }), packet({ value: 1 })].map(p => ({ ...p })),
  )
})

t.test('a process killed at any moment leaves whole batches, and its stream can be sent again', async t => {
  const path = file(t)
  const script = `
    import { openStore, messages } from 'src/../test/support/store-context.ts'
    const { store } = await openStore(process.argv.at(-1), { sync: 'always' })
    for (let n = 0; ; n += 100) {
      store.write(messages(n, n + 100))
      await store.commit()
      process.stdout.write('committed ' + (n + 100) + ';')
      await new Promise(setImmediate)
    }`
  for (const moment of [1, 3, 9]) {
    const { child, ended, said } = startScript(script, [path])
    await said(`committed ${moment * 100};`)
    child.kill('SIGKILL')
    const { text } = await ended()
    const committed = Math.max(...[...text.matchAll(/committed (\d+);/g)].map(([, n]) => Number(n)))
    const opened = await openStore(path)
    await opened.store.close()
    const stored = await readBack(path)
    t.ok(stored.length >= committed && stored.length % 100 === 0, `${stored.length} of ${committed} committed`)
    t.same(ids(stored), ids(messages(0, stored.length)))
  }
})

t.test('a reader goes on while it is written', async t => {
  const path = file(t)
  const { store } = await openStore(path, { sync: 'always' })
  store.write(messages(0, 1000))
  await store.commit?.()
  const stop = new AbortController()
  const { sqliteStore } = await import('../../src/store/sqlite.ts')
  const { parseEndpoint } = await import('../../src/url.ts')
  const seen: Packet[] = []
  let next = 1000
  const reject = () => {}
  for await (const batch of sqliteStore.read?.(parseEndpoint(path), { follow: true, stop: stop.signal, reject }) ??
    []) {
    seen.push(...batch)
    if (next < 2000) {
      store.write(messages(next, next + 250))
      await store.commit?.()
      next += 250
    }
    if (seen.length === 2000) stop.abort()
  }
  await store.close()
  t.same(ids(seen), ids(messages(0, 2000)))
})

t.test('a follower waits for a store that is yet to be made', async t => {
  const path = file(t)
  const stop = new AbortController()
  const { sqliteStore } = await import('../../src/store/sqlite.ts')
  const { parseEndpoint } = await import('../../src/url.ts')
  const options = { follow: true, stop: stop.signal, reject: () => {} }
  const iterator = sqliteStore.read?.(parseEndpoint(path), options)[Symbol.asyncIterator]()
  const first = iterator?.next()
  await logged(path, [messages(0, 3)])
  t.equal((await first)?.value?.length, 3)
  stop.abort()
  t.equal((await iterator?.next())?.done, true)
})

t.test('it is read by time, whatever the offset, and by name', async t => {
  const path = file(t)
  await logged(path, [
    [
      packet({ timestamp: '2026-01-01T00:00:00Z', name: 'a', value: 1 }),
      packet({ timestamp: '2026-01-02T01:00:00+02:00', name: 'a', value: 2 }),
      packet({ timestamp: '2026-01-02T00:00:00Z', name: 'b', value: 3 }),
      packet({ timestamp: '2026-01-02T00:00:00.5Z', name: 'a', value: 4 }),
      packet({ timestamp: 'soon', name: 'a', value: 5 }),
      packet({ value: 6 }),
    ],
  ])
  const values = async (options: object) => (await readBack(path, options)).map(({ meta }) => meta['value'])
  const second = Date.UTC(2026, 0, 2)
  t.same(await values({}), [1, 2, 3, 4, 5, 6])
  t.same(await values({ since: second }), [3, 4])
  t.same(await values({ until: second }), [1, 2])
  t.same(await values({ since: second, names: ['a', 'c'] }), [4])
  t.same(await values({ since: Date.UTC(2030, 0) }), [])
})

t.test('a table that others made is checked, one that they filled is read', async t => {
  const path = file(t)
  execute(path, 'CREATE TABLE log (timestamp TEXT, id TEXT, reading REAL); CREATE VIEW seen AS SELECT * FROM log')
  const missing = `${path}: the table 'log' has no name, value, extra, data (it has timestamp, id, reading)`
  await t.rejects(openStore(path), { name: 'CarrierError', message: new RegExp(missing.replace(/[()]/g, '\\$&')) })
  await t.rejects(readBack(path), { name: 'CarrierError', message: /has no name/ })
  await t.rejects(openStore(`${path}?table=seen`), { message: /'seen' is a view, not a table/ })
  await t.rejects(readBack(`${path}?table=other`), { message: /there is no table 'other'/ })
  execute(path, 'CREATE TABLE other ("timestamp", "id", "name", "value", "extra", "data", "more")')
  execute(
    path,
    `INSERT INTO other VALUES (x'41', 5, 'n', 9007199254740993, '{', 'bytes', 1), (1, 2, 3, 4, '{}', '', 1)`,
  )
  const rejects: string[] = []
  const packets = await readBack(`sqlite:${path}?table=other`, {
    reject: ({ reason, detail }) => rejects.push(`${reason}: ${detail}`),
  })
  t.match(rejects, [/^invalid JSON: row 1: /])
  t.same(packets, [{ meta: { timestamp: '1', id: '2', name: '3', value: 4 }, data: NO_DATA }])
})

t.test('what cannot be opened is named, and left alone', async t => {
  const folder = t.testdir({
    'text.sqlite': 'this is no database, but a text that is long enough to be one'.repeat(20),
  })
  await t.rejects(openStore(`${folder}/text.sqlite`), { name: 'CarrierError', message: /it is no SQLite database/ })
  await t.rejects(openStore(`${folder}/none/log.sqlite`), { name: 'CarrierError', message: /no such f/ })
  await t.rejects(readBack(`${folder}/none.sqlite`), { message: /none.sqlite: no such file/ })
  t.notOk(existsSync(`${folder}/none.sqlite`))
  writeFileSync(`${folder}/empty.sqlite`, '')
  await logged(`${folder}/empty.sqlite`, [messages(0, 1)])
  t.equal((await readBack(`${folder}/empty.sqlite`)).length, 1)
})

t.test('wrong URLs', async t => {
  await t.rejects(openStore('sqlite:'), { name: 'UsageError', message: /expected sqlite:PATH/ })
  await t.rejects(openStore('sqlite:x?tabel=y'), { name: 'UsageError', message: /known: table, wait, batch/ })
  await t.rejects(openStore('sqlite:x?table='), { name: 'UsageError' })
  await t.rejects(openStore('sqlite:x?table=sqlite_a'), { name: 'UsageError' })
  await t.rejects(openStore('sqlite:x?batch=0'), { name: 'UsageError', message: /at least 1/ })
})

t.test('a table may have any name', async t => {
  const url = `sqlite:${file(t)}?table=a "b" c`
  await logged(url, [messages(0, 2)])
  t.equal((await readBack(url)).length, 2)
})

t.test('a failing write loses what is not committed, and says so', async t => {
  const path = file(t)
  await logged(path, [messages(0, 1)])
  execute(
    path,
    `CREATE TRIGGER no BEFORE INSERT ON log WHEN new.id = 'id-7' BEGIN SELECT raise(abort, 'no sevens'); END`,
  )
  const { store, ledger } = await openStore(path, { sync: 'always' })
  store.write(messages(1, 3))
  await store.commit?.()
  t.throws(() => store.write(messages(5, 9)), { name: 'CarrierError', message: /no sevens/ })
  await store.close()
  t.match(ledger.report()[path], { in: 6, out: 2 })
  t.same(ids(await readBack(path)), ['id-0', 'id-1', 'id-2'])
})

t.test('a locked database is named', async t => {
  const path = file(t)
  await logged(path, [messages(0, 1)])
  const other = engine?.open(path)
  other?.exec('BEGIN IMMEDIATE')
  const { store } = await openStore(`${path}?wait=50ms`)
  t.throws(() => store.write(messages(1, 2)), { message: /the database is locked/ })
  other?.exec('ROLLBACK')
  other?.close()
  await store.close()
})

t.test('a database that was moved away is begun anew', async t => {
  const path = file(t)
  const { store, warnings } = await openStore(path, { rotation: { size: 1000 } })
  t.match(warnings, [/a database is not rotated/])
  store.write(messages(0, 2))
  await store.reopen?.()
  store.write(messages(2, 4))
  await store.close()
  t.equal((await readBack(path)).length, 4)
})

t.test('a line that is no JSON is rejected, the rest is stored', async t => {
  const { ndjson } = await import('../../src/codec/ndjson.ts')
  const lines = ndjson
    .decoder({ source: 'in', reject: () => {} })
    .push(Buffer.from('{"id":"a"}\n{nonsense}\n{"id":"b"}\n'))
  const path = file(t)
  const { ledger, rejects } = await logged(path, [lines])
  t.match(rejects, [{ reason: 'invalid JSON', place: { source: 'in', line: 2 } }])
  t.match(ledger.report()[path], { in: 2, out: 2 })
  t.same(ids(await readBack(path)), ['a', 'b'])
})

t.test('a disk with too little room is an error before it is full', async t => {
  const { store } = await openStore(file(t), { rotation: { minFree: 1e18 }, sync: 'always' })
  store.write(messages(0, 1))
  t.throws(() => store.commit?.(), { message: /are free on the disk/ })
  await store.close()
})

t.test('a disk that is full while the ids are made unique is told as that', async t => {
  // Another one than the chosen one may end the process.
  for (const load of [() => loadEngine('sqlite:'), nodeSqlite]) {
    const found = await load().catch(() => undefined)
    if (!found) continue
    const database = found.open(file(t))
    const table = { where: 'x', name: 'log' }
    ensureTable(database, table)
    const insert = database.prepare('INSERT INTO log (id) VALUES (?)')
    for (let row = 0; row < 2000; row++) insert.run([`${row} a text as long as an id`])
    // The least it can be set to is what there is already.
    database.exec('PRAGMA max_page_count = 1')
    t.throws(() => makeIdsUnique(database, table), { message: /full/ })
    database.close()
  }
})

t.test('both libraries do the same', async t => {
  // Another one than the chosen one may end the process.
  for (const load of [() => loadEngine('sqlite:'), nodeSqlite]) {
    const found = await load().catch(() => undefined)
    if (!found) {
      t.comment('node:sqlite is not there')
      continue
    }
    const database = found.open(file(t))
    database.exec('CREATE TABLE x (a, b UNIQUE)')
    const insert = database.prepare('INSERT INTO x VALUES (?, ?) ON CONFLICT DO NOTHING')
    t.equal(insert.run([2n ** 62n, 'b']), 1)
    t.equal(insert.run([null, 'b']), 0)
    t.same(
      database
        .prepare('SELECT * FROM x WHERE b = ?')
        .all(['b'])
        .map(row => ({ ...row })),
      [{ a: 2n ** 62n, b: 'b' }],
    )
    database.close()
  }
})

t.test('without any library the error names the remedy', async t => {
  const none = async () => {
    throw new Error('not built')
  }
  await t.rejects(loadEngine('sqlite:x', [none, none]), {
    name: 'CarrierError',
    message: /npm install better-sqlite3.*Node 22.13/,
  })
})

t.test('a process that ends by itself keeps what was written', async t => {
  const path = file(t)
  const { child } = startScript(
    `import { logged, messages } from 'src/../test/support/store-context.ts'
    await logged(process.argv.at(-1), [messages(0, 70)])`,
    [path],
  )
  t.same(await once(child, 'exit'), [0, null])
  t.notOk(existsSync(`${path}-wal`), 'in one file')
  t.equal((await readBack(path)).length, 70)
})
