// Stores of files: rotation, retention, full disks, packets that come again.

import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { packet } from '../../src/packet.ts'
import { NOON, openLines as open, records } from '../support/line-store.ts'
import { LOADER, source } from '../support/sources.ts'

const HOUR = 3_600_000

const content = (path: string) =>
  readFileSync(path, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map(line => Number(JSON.parse(line).id))

t.test('a file that would grow beyond the size is finished between two records', async t => {
  const folder = t.testdir()
  const { store, count } = open(`${folder}/log.x`, { rotation: { size: 50 } })
  store.write(records(0, 7))
  store.write(records(7, 8))
  await store.close()
  t.same(readdirSync(folder), ['log.2026-11-21T120000.000Z.x', 'log.2026-11-21T120000.001Z.x', 'log.x'])
  t.same(
    readdirSync(folder).map(name => content(`${folder}/${name}`)),
    [
      [0, 1, 2],
      [3, 4, 5],
      [6, 7],
    ],
  )
  t.match(count, { in: 8, out: 8, bytes: 128 })
})

t.test('a record longer than a file may be gets a file of its own', async t => {
  const folder = t.testdir()
  const { store } = open(`${folder}/log.x`, { rotation: { size: 20 } })
  store.write([packet({ id: '1', text: 'longer than twenty bytes' }), ...records(2, 3)])
  await store.close()
  t.same(content(`${folder}/log.2026-11-21T120000.000Z.x`), [1])
  t.same(content(`${folder}/log.x`), [2])
})

t.test('files change at multiples of the interval, whenever the next packet comes', async t => {
  const folder = t.testdir()
  let now = NOON + 0.5 * HOUR
  const { store } = open(`${folder}/log.x`, { rotation: { interval: HOUR }, now: () => now })
  store.write(records(0, 1))
  now = NOON + 0.9 * HOUR
  store.write(records(1, 2))
  now = NOON + 3.2 * HOUR
  store.write(records(2, 3))
  await store.close()
  t.same(content(`${folder}/log.2026-11-21T130000.000Z.x`), [0, 1])
  t.same(content(`${folder}/log.x`), [2])
})

t.test('a file of an earlier interval is finished after a restart, too', async t => {
  const folder = t.testdir()
  open(`${folder}/log.x`).store.write(records(0, 1))
  const tomorrow = Date.now() + 24 * HOUR
  const { store } = open(`${folder}/log.x`, { rotation: { interval: HOUR }, now: () => tomorrow })
  store.write(records(1, 2))
  await store.close()
  t.same(content(`${folder}/log.x`), [1])
  t.equal(readdirSync(folder).length, 2)
})

t.test('a name that tells the time follows it', async t => {
  const folder = t.testdir()
  let now = NOON
  const { store } = open(`${folder}/%Y/%m-%d.x`, { now: () => now })
  store.write(records(0, 1))
  now += 24 * HOUR
  store.write(records(1, 2))
  now += 11 * 24 * HOUR
  store.write(records(2, 3))
  await store.close()
  t.same(readdirSync(`${folder}/2026`), ['11-21.x', '11-22.x', '12-03.x'])
  t.same(content(`${folder}/2026/12-03.x`), [2])
})

t.test('the oldest finished files are deleted, and no others', async t => {
  const folder = t.testdir({ 'log.0.x': 'mine', 'log.x.torn-7': 'torn', 'blog.2026-11-21T120000.000Z.x': 'yours' })
  const { store } = open(`${folder}/log.x`, { rotation: { size: 20, keep: 2 } })
  for (let n = 0; n < 6; n++) store.write(records(n, n + 1))
  await store.close()
  t.same(readdirSync(folder), [
    'blog.2026-11-21T120000.000Z.x',
    'log.0.x',
    'log.2026-11-21T120000.003Z.x',
    'log.2026-11-21T120000.004Z.x',
    'log.x',
    'log.x.torn-7',
  ])
  t.same(content(`${folder}/log.2026-11-21T120000.003Z.x`), [3])
})

t.test('keep 0 keeps only the file that is written', async t => {
  const folder = t.testdir()
  const { store } = open(`${folder}/log.x`, { rotation: { size: 20, keep: 0 } })
  for (let n = 0; n < 3; n++) store.write(records(n, n + 1))
  await store.close()
  t.same(readdirSync(folder), ['log.x'])
})

t.test('on reopen a file that was moved away is begun anew', async t => {
  const folder = t.testdir()
  const { store } = open(`${folder}/log.x`)
  store.write(records(0, 1))
  renameSync(`${folder}/log.x`, `${folder}/log.x.1`)
  store.write(records(1, 2))
  await store.reopen()
  store.write(records(2, 3))
  await store.close()
  t.same(content(`${folder}/log.x.1`), [0, 1])
  t.same(content(`${folder}/log.x`), [2])
})

t.test('on reopen a file that is still there goes on, or is finished where files rotate', async t => {
  const folder = t.testdir()
  const plain = open(`${folder}/log.x`).store
  plain.write(records(0, 1))
  await plain.reopen()
  plain.write(records(1, 2))
  await plain.close()
  t.same(content(`${folder}/log.x`), [0, 1])
  const rotating = open(`${folder}/log.x`, { rotation: { size: 1000 } }).store
  await rotating.reopen()
  rotating.write(records(2, 3))
  await rotating.close()
  t.same(content(`${folder}/log.2026-11-21T120000.000Z.x`), [0, 1])
  t.same(content(`${folder}/log.x`), [2])
})

t.test('a packet that comes again is stored once, also after a restart and from a finished file', async t => {
  const folder = t.testdir()
  const options = { deduplicate: true, rotation: { size: 100 } }
  const first = open(`${folder}/log.x`, options)
  first.store.write(records(0, 8))
  first.store.write(records(6, 9))
  await first.store.close()
  t.match(first.count, { in: 11, out: 9, duplicate: 2 })
  const second = open(`${folder}/log.x`, options)
  second.store.write(records(3, 12))
  await second.store.close()
  t.match(second.count, { in: 9, out: 3, duplicate: 6 })
  const all = readdirSync(folder).flatMap(name => content(`${folder}/${name}`))
  t.same(all, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
})

t.test('where nothing is acknowledged, nothing is taken for a duplicate', async t => {
  const folder = t.testdir()
  const { store } = open(`${folder}/log.x`)
  store.write(records(0, 2))
  store.write(records(0, 2))
  await store.close()
  t.same(content(`${folder}/log.x`), [0, 1, 0, 1])
})

t.test('a record cut short by a crash is not remembered: it may come again', async t => {
  const folder = t.testdir()
  writeFileSync(`${folder}/log.x`, '{"id":"000000"}\n{"id":"000001"}\n{"id":"0000')
  const { store, warnings } = open(`${folder}/log.x`, { deduplicate: true })
  store.write(records(0, 3))
  await store.close()
  t.same(content(`${folder}/log.x`), [0, 1, 2])
  t.match(warnings, [/lines:: the last record was cut short at byte 32: moved 11 bytes to .*log\.x\.torn-32/])
})

t.test('writing ends in words before the disk is full', async t => {
  const folder = t.testdir()
  const { store, count } = open(`${folder}/log.x`, { rotation: { minFree: 2 ** 60 } })
  t.throws(() => store.write(records(0, 1)), /^lines:: only .*B are free on the disk: expected at least 1150000 TB/)
  await store.close()
  t.match(count, { in: 1, out: 0 })
  t.equal(readFileSync(`${folder}/log.x`, 'utf8'), '')
})

t.test('a full device fails in words', async t => {
  const { store, count } = open('/dev/full')
  t.throws(() => store.write(records(0, 3)), /^lines:: no space left on device: 0 of 3 records/)
  t.match(count, { in: 3, out: 0 })
  await store.close()
})

t.test('where the space ends within a record, whole records stay', async t => {
  const folder = t.testdir()
  const program = `
    import { openLines, records } from '${source('test/support/line-store.ts')}'
    const { store, count } = openLines('log.x')
    try { store.write(records(0, 100)) } catch (error) { console.log(error.message, count.out) }
    await store.close()`
  writeFileSync(`${folder}/program.js`, program)
  // The file may grow to 1 KiB: 64 records; with 10 bytes in it already, the 64th is cut.
  writeFileSync(`${folder}/log.x`, '{"id":11}\n')
  const child = spawnSync(
    'bash',
    ['--norc', '-c', `trap '' XFSZ; ulimit -f 1; exec "$0" "$@"`, process.execPath, ...LOADER, 'program.js'],
    {
      cwd: folder,
      encoding: 'utf8',
    },
  )
  t.match(child.stdout, /lines:: file too large: 63 of 100 records of the last write are stored.* 63/, child.stderr)
  t.equal(readFileSync(`${folder}/log.x`, 'utf8').length, 10 + 63 * 16)
})

t.test('what is durable: each mode writes at once, and commit resolves', async t => {
  for (const sync of ['always', 'interval', 'never'] as const) {
    const folder = t.testdir()
    const { store } = open(`${folder}/log.x`, { sync })
    store.write(records(0, 1))
    t.same(content(`${folder}/log.x`), [0], 'the record is there before any commit')
    await store.commit()
    await store.close()
  }
})
