// The PostgreSQL store, against a real server.

import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import pg from 'pg'
import t, { type Test } from 'tap'
import { NO_DATA, type Packet, packet } from '../../src/packet.ts'
import { postgresStore } from '../../src/store/postgres.ts'
import { parseEndpoint } from '../../src/url.ts'
import { logged, messages, openStore, readBack } from '../support/store-context.ts'

const SERVER = process.env['DAQ_TEST_POSTGRES'] ?? ''
const skip = SERVER === '' && 'DAQ_TEST_POSTGRES names no server (postgres://user@host:port/database)'

async function asked(sql: string): Promise<readonly unknown[][]> {
  const client = new pg.Client({ connectionString: SERVER })
  await client.connect()
  try {
    return (await client.query<unknown[]>({ text: sql, rowMode: 'array' })).rows
  } finally {
    await client.end()
  }
}

/** A name of its own for the table of a test. */
function newTable(t: Test): { readonly table: string; readonly url: string } {
  const table = `daqutils_${randomUUID().replaceAll('-', '').slice(0, 12)}`
  t.teardown(() => asked(`DROP TABLE IF EXISTS ${table}`))
  return { table, url: `${SERVER}?table=${table}` }
}

const ids = (packets: readonly Packet[]) => packets.map(({ meta }) => meta['id'])

t.test('packets come back as they were', { skip }, async t => {
  const { url, table } = newTable(t)
  const packets = [
    ...messages(0, 700),
    packet({ id: 'a', value: 0.1 + 0.2, unit: 'K', nested: { deep: [1, null] } }),
    packet({ id: 'b', value: 'text', zero: '\0' }),
    packet({ id: 'c', value: null, name: 5 }),
    packet({ id: 'd', value: 2 ** 53 - 1, timestamp: '2026-11-21T04:00:00.123456789+02:00' }),
    packet({ id: 'e', value: -1.7976931348623157e308, name: '"{}\\,\n\t\'😀' }),
    packet({ id: 'f', value: 5e-324, name: 'zero \0' }),
    packet({ id: 'g', dtype: 'uint8' }, Uint8Array.of(0, 255, 10)),
    packet({ no: 'id', half: '\ud83d' }),
    packet({ no: 'id', value: [true] }),
    packet({}),
  ]
  const { ledger, store } = await logged(url, [packets])
  t.same(
    await readBack(url),
    packets.map(({ meta, data }) => ({ meta, data: data.length > 0 ? data : NO_DATA })),
  )
  t.match(ledger.report()[store.name], { in: 710, out: 710, duplicate: 0, bytes: 3 })
  t.same(await asked(`SELECT count(*), avg(value) FROM ${table} WHERE id LIKE 'id-%' AND "timestamp" > '2026-01-01'`), [
    ['700', messages(0, 700).reduce((sum, { meta }) => sum + Number(meta['value']), 0) / 700],
  ])
})

t.test('a resent message is stored once', { skip }, async t => {
  const { url } = newTable(t)
  const { ledger, store } = await logged(url, [messages(0, 5), messages(3, 8), [...messages(7, 9), ...messages(7, 9)]])
  t.match(ledger.report()[store.name], { in: 14, out: 9, duplicate: 5 })
  await logged(url, [messages(6, 10)], { sync: 'always' })
  t.same(ids(await readBack(url)), ids(messages(0, 10)))
})

t.test('more than one INSERT holds is stored in order', { skip }, async t => {
  const { url } = newTable(t)
  const { store } = await openStore(url)
  for (let n = 0; n < 12_000; n += 500) await store.write(messages(n, n + 500))
  await store.close()
  t.same(ids(await readBack(url)), ids(messages(0, 12_000)))
})

t.test('it is read by time and name', { skip }, async t => {
  const { url } = newTable(t)
  await logged(url, [
    [
      packet({ timestamp: '2026-01-01T00:00:00Z', name: 'a', value: 1 }),
      packet({ timestamp: '2026-01-02T01:00:00+02:00', name: 'a', value: 2 }),
      packet({ timestamp: '2026-01-02T00:00:00Z', name: 'b', value: 3 }),
      packet({ timestamp: '2026-01-02T00:00:00.5Z', name: 'a', value: 4 }),
      packet({ timestamp: 'soon', name: 'a', value: 5 }),
    ],
  ])
  const values = async (options: object) => (await readBack(url, options)).map(({ meta }) => meta['value'])
  const second = Date.UTC(2026, 0, 2)
  t.same(await values({}), [1, 2, 3, 4, 5])
  t.same(await values({ since: second }), [3, 4])
  t.same(await values({ until: second }), [1, 2])
  t.same(await values({ since: second, names: ['a', 'c'] }), [4])
})

t.test('a follower gets what comes later', { skip }, async t => {
  const { url } = newTable(t)
  const { store } = await openStore(url)
  await store.write(messages(0, 3))
  await store.commit?.()
  const stop = new AbortController()
  const seen: Packet[] = []
  const options = { follow: true, stop: stop.signal, reject: () => {} }
  for await (const batch of postgresStore.read?.(parseEndpoint(url), options) ?? []) {
    seen.push(...batch)
    if (seen.length === 3) await store.write(messages(3, 6))
    if (seen.length === 6) stop.abort()
  }
  await store.close()
  t.same(ids(seen), ids(messages(0, 6)))
})

t.test('a connection that the server ends is made again, and nothing is lost', { skip }, async t => {
  const { url } = newTable(t)
  const { store, warnings, ledger } = await openStore(proxied(url, await startProxy(t)), { sync: 'always' })
  for (let n = 0; n < 30; n++) {
    await store.write(messages(n * 10, n * 10 + 10))
    if (n % 10 === 5) cut()
    await store.commit?.()
  }
  await store.close()
  t.same(ids(await readBack(url)), ids(messages(0, 300)))
  const { out, duplicate } = ledger.report()[store.name] ?? {}
  t.equal((out ?? 0) + (duplicate ?? 0), 300)
  t.ok(warnings.every(warning => /connecting again$/.test(warning)))
})

const sockets = new Set<Socket>()

/** Ends every connection through the proxy, in the middle of whatever goes on. */
function cut(): void {
  for (const socket of sockets) socket.destroy()
}

/** The port of a way to the server that can be cut. */
async function startProxy(t: Test): Promise<number> {
  const { hostname, port } = new URL(SERVER)
  const { connect } = await import('node:net')
  const server = createServer(socket => {
    const upstream = connect(Number(port || 5432), hostname)
    for (const [from, to] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      sockets.add(from)
      from.on('error', () => {})
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
      from.pipe(to)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

function proxied(url: string, port: number): string {
  const parts = new URL(url)
  parts.hostname = '127.0.0.1'
  parts.port = String(port)
  return parts.href
}

t.test('an idle connection that the server ends is no crash', { skip }, async t => {
  const { url } = newTable(t)
  const { store } = await openStore(url)
  await store.write(messages(0, 2))
  await store.commit?.()
  const ended = await asked(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE application_name = 'daqutils' AND query LIKE '%${new URL(url).searchParams.get('table')}%'`,
  )
  t.same(ended, [[true]])
  await store.write(messages(2, 4))
  await store.close()
  t.same(ids(await readBack(url)), ids(messages(0, 4)))
})

t.test('a table of another shape is named', { skip }, async t => {
  const { url, table } = newTable(t)
  await t.rejects(readBack(url), { name: 'CarrierError', message: /there is no table/ })
  await asked(`CREATE TABLE ${table} ("timestamp" text, id text, name text, value float8, extra json, data bytea)`)
  await t.rejects(openStore(url), {
    name: 'CarrierError',
    message: /lacks the columns timestamp timestamptz \(it has another type\), position bigint/,
  })
  await asked(`DROP TABLE ${table}`)
  await (await openStore(url)).store.close()
  await asked(`ALTER TABLE ${table} DROP CONSTRAINT ${table}_id_key`)
  await t.rejects(openStore(url), { message: /no unique index on id/ })
})

t.test('what the server refuses fails the store at once', { skip }, async t => {
  const { url, table } = newTable(t)
  const { store } = await openStore(url)
  await asked(`DROP TABLE ${table}`)
  await store.write(messages(0, 1))
  await t.rejects(async () => store.commit?.(), { name: 'CarrierError', message: /does not exist/ })
  await store.close()
})

t.test('a password on the command line is refused, and not printed', async t => {
  const message = /postgres:\/\/u:…@h\/d: a password does not belong on the command line.*password-file/
  await t.rejects(openStore('postgres://u:geheim@h/d'), { name: 'UsageError', message })
  await t.rejects(readBack('postgres://u:geheim@h/d'), { name: 'UsageError', message })
})

t.test('wrong URLs', async t => {
  await t.rejects(openStore('postgres:x'), { name: 'UsageError', message: /expected postgres:\/\/USER@HOST/ })
  await t.rejects(openStore('postgres://h/d?tabel=x'), { name: 'UsageError', message: /known: table/ })
  await t.rejects(openStore('postgres://h/d?table=a.'), { name: 'UsageError', message: /no name of a table/ })
  await t.rejects(openStore('postgres://h/d?password-file=/none'), { message: /\/none: no such file/ })
})

t.test('a server that is not there is an error at once', async t => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  const port = typeof address === 'object' ? address?.port : 0
  await t.rejects(openStore(`postgres://u@127.0.0.1:${port}/d`), {
    name: 'CarrierError',
    message: /cannot connect: connection refused/,
  })
})
