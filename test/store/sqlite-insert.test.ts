// Statements of many rows: the bytes of lines become the same rows as packets do.

import t from 'tap'
import { ndjson } from '../../src/codec/ndjson.ts'
import { type Packet, packet } from '../../src/packet.ts'
import { loadEngine } from '../../src/store/sqlite-engine.ts'
import { noSqlite } from '../support/sqlite.ts'
import { logged, openStore, readBack } from '../support/store-context.ts'

const VALUES = [0, -5, 0.5, 2 ** 53 - 1, -0, 1e300, 71.24243270000001]

function metas(count: number): readonly Packet['meta'][] {
  return Array.from({ length: count }, (_, n) => ({
    timestamp: `2026-01-01T00:00:00.${n}Z`,
    id: `id-${n}`,
    name: n % 7 === 0 ? '' : `Fühler 😀 ${n % 3}`,
    value: VALUES[n % VALUES.length] ?? null,
    ...(n % 50 === 49 && { unit: 'K' }),
  }))
}

function linesOf(metas: readonly Packet['meta'][], cut = Number.POSITIVE_INFINITY): readonly (readonly Packet[])[] {
  const spelled = metas.map(meta => (Object.is(meta['value'], -0) ? '-0' : JSON.stringify(meta['value'])))
  const text = metas.map((meta, n) => `${JSON.stringify({ ...meta, value: '#' }).replace('"#"', spelled[n] ?? '')}\n`)
  const bytes = Buffer.from(text.join(''))
  const decoder = ndjson.decoder({ source: 'in', reject: () => {} })
  const batches: (readonly Packet[])[] = []
  for (let at = 0; at < bytes.length; at += cut) batches.push(decoder.push(bytes.subarray(at, at + cut)))
  return batches
}

async function dump(path: string): Promise<readonly unknown[]> {
  const database = (await loadEngine('x')).open(path)
  try {
    const types = ['timestamp', 'id', 'name', 'value', 'extra', 'data'].map(column => `typeof(${column}), ${column}`)
    return database.prepare(`SELECT ${types.join()} FROM log ORDER BY rowid`).all([])
  } finally {
    database.close()
  }
}

t.test('lines and packets are stored alike, in their order, whatever the pieces', { skip: noSqlite }, async t => {
  const folder = t.testdir({})
  const all = metas(700)
  await logged(`${folder}/packets.sqlite`, [all.map(meta => packet(meta))])
  const expected = await dump(`${folder}/packets.sqlite`)
  t.equal(expected.length, 700)
  for (const cut of [Number.POSITIVE_INFINITY, 10_000, 333]) {
    const path = `${folder}/lines-${cut}.sqlite`
    const { ledger, store } = await logged(path, linesOf(all, cut))
    t.same(await dump(path), expected)
    t.match(ledger.report()[store.name], { in: 700, out: 700, bytes: 0 })
  }
})

t.test('a line that comes again is stored once', { skip: noSqlite }, async t => {
  const path = `${t.testdir({})}/log.sqlite`
  const { store, ledger } = await openStore(path, { deduplicate: true })
  for (const batch of [...linesOf(metas(100)), ...linesOf(metas(150))]) store.write(batch)
  await store.close()
  t.match(ledger.report()[path], { in: 250, out: 150, duplicate: 100 })
  t.same(
    (await readBack(path)).map(({ meta }) => meta),
    metas(150),
  )
})

t.test('a database whose texts are UTF-16 gets the same', { skip: noSqlite }, async t => {
  const path = `${t.testdir({})}/log.sqlite`
  const database = (await loadEngine('x')).open(path)
  database.exec(`PRAGMA encoding = 'UTF-16le'; CREATE TABLE other (x)`)
  database.close()
  await logged(path, linesOf(metas(100)))
  t.same(
    (await readBack(path)).map(({ meta }) => meta),
    metas(100),
  )
})
