// The libraries of SQLite, where they differ.

import t from 'tap'
import { packet } from '../../src/packet.ts'
import { type Cell, type Engine, loadEngine, nodeSqlite } from '../../src/store/sqlite-engine.ts'
import { readSqlite } from '../../src/store/sqlite-read.ts'
import { startScript } from '../support/script.ts'
import { noSqlite } from '../support/sqlite.ts'
import { logged } from '../support/store-context.ts'

t.test('a library that ends text at a NUL: what it reads is whole', { skip: noSqlite }, async t => {
  const path = `${t.testdir({})}/log.sqlite`
  const metas = [
    { id: 'a\0b', name: '\0', value: 'one\0two\0' },
    { id: 'plain', value: 1 },
    { id: 'ü\0😀', value: null },
  ]
  await logged(`sqlite:${path}`, [metas.map(meta => packet(meta, Uint8Array.of(1, 0, 2)))])
  const found: unknown[] = []
  const source = readSqlite({
    engine: cutting(await loadEngine('sqlite:')),
    path,
    table: { where: `sqlite:${path}`, name: 'log' },
    stop: new AbortController().signal,
    reject: ({ reason }) => t.fail(reason),
  })
  for await (const batch of source) found.push(...batch.map(({ meta, data }) => ({ meta, data: [...data] })))
  t.same(
    found,
    metas.map(meta => ({ meta, data: [1, 0, 2] })),
  )
})

t.test("Node's own library goes before any other where it reads text whole", { skip: noSqlite }, async t => {
  const own = await nodeSqlite().catch(() => undefined)
  const isFirst = own !== undefined && !own.cutsAtNul
  const expected = isFirst ? ['node:sqlite'] : ['better-sqlite3', 'node:sqlite']
  t.ok(expected.includes((await loadEngine('sqlite:')).name))
})

t.test("Node's own library says nothing on stderr", async t => {
  const script = startScript(
    `import { nodeSqlite } from 'src/store/sqlite-engine.ts'
    await nodeSqlite().then(engine => engine.open(':memory:').close(), () => {})`,
  )
  t.same(await script.ended(), { code: 0, text: '' })
})

/** As the library of Node 22 does. */
function cutting(engine: Engine): Engine {
  const cut = (cell: Cell) => (typeof cell === 'string' ? cell.replace(/\0.*/s, '') : cell)
  const cutRow = (row: Readonly<Record<string, Cell>>) =>
    Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, cut(cell)]))
  return {
    ...engine,
    cutsAtNul: true,
    open(path, options) {
      const database = engine.open(path, options)
      return {
        ...database,
        prepare(sql) {
          const statement = database.prepare(sql)
          return { ...statement, all: cells => statement.all(cells).map(cutRow) }
        },
      }
    },
  }
}
