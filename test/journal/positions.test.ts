// Positions of consumers: the last one counts, after a crash, too.

import { appendFileSync, existsSync, readFileSync, rmdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Positions } from '../../src/journal/positions.ts'

function open(folder: string, sync: 'always' | 'never' = 'never') {
  const warnings: string[] = []
  return { positions: Positions.open({ folder, sync, warn: message => warnings.push(message) }), warnings }
}

t.test('the last position of each consumer is there again', async t => {
  for (const sync of ['always', 'never'] as const) {
    const folder = t.testdir({})
    const { positions } = open(folder, sync)
    t.equal(positions.get('a'), undefined)
    positions.set('a', { offset: 1 })
    positions.set('b', { offset: 5 })
    positions.set('a', { offset: 2 })
    positions.set('c', { offset: 0, reach: 9 })
    await positions.flushed()
    t.equal(readFileSync(join(folder, 'consumers.ndjson'), 'utf8').split('\n').length - 1, 3, 'one line each')
    positions.remove('b')
    positions.remove('nobody')
    await positions.close()
    const { positions: again, warnings } = open(folder)
    t.same(
      [...again.consumers],
      [
        ['a', { offset: 2 }],
        ['c', { offset: 0, reach: 9 }],
      ],
    )
    t.same(warnings, [])
    await again.close()
  }
})

t.test('a line that was cut short is left out and spoils nothing', async t => {
  const folder = t.testdir({})
  const { positions } = open(folder)
  positions.set('a', { offset: 1 })
  await positions.close()
  appendFileSync(join(folder, 'consumers.ndjson'), '{"consumer":"a","off')
  const { positions: again, warnings } = open(folder)
  t.same(again.get('a'), { offset: 1 })
  t.match(warnings, [/consumers\.ndjson:2: not a position/])
  again.set('a', { offset: 3 })
  await again.close()
  t.same(open(folder).positions.get('a'), { offset: 3 })
})

t.test('the file does not grow with every step', async t => {
  const folder = t.testdir({})
  const path = join(folder, 'consumers.ndjson')
  writeFileSync(path, '{"consumer":"a","offset":7}\n'.repeat(10_500))
  const { positions } = open(folder)
  t.same(positions.get('a'), { offset: 7 })
  positions.set('b', { offset: 9 })
  await positions.flushed()
  t.equal(readFileSync(path, 'utf8'), '{"consumer":"a","offset":7}\n{"consumer":"b","offset":9}\n')
  positions.set('a', { offset: 8 })
  await positions.close()
  t.same(open(folder).positions.get('a'), { offset: 8 })
})

t.test('what could not be written anew is written when it can be', async t => {
  const folder = t.testdir({
    'consumers.ndjson': '{"consumer":"a","offset":7}\n'.repeat(10_500),
    'consumers.ndjson.partial': {},
  })
  const { positions } = open(folder)
  positions.set('b', { offset: 9 })
  await t.rejects(positions.flushed(), { name: 'CarrierError' })
  rmdirSync(join(folder, 'consumers.ndjson.partial'))
  while (positions.failure) await new Promise(resolve => setTimeout(resolve, 10))
  await positions.flushed()
  t.match(readFileSync(join(folder, 'consumers.ndjson'), 'utf8'), /"consumer":"b","offset":9/)
  await positions.close()
})

async function mended(positions: Positions): Promise<void> {
  while (positions.failure) await new Promise(resolve => setTimeout(resolve, 10))
  await positions.flushed()
}

const onLinux = { skip: existsSync('/dev/full') ? false : 'no /dev/full' }

t.test('a disk that was full for a moment leaves no position behind', onLinux, async t => {
  const folder = t.testdir({})
  const { positions, warnings } = open(folder)
  symlinkSync('/dev/full', join(folder, 'consumers.ndjson'))
  positions.set('a', { offset: 1 })
  positions.set('gone', { offset: 1 })
  await t.rejects(positions.flushed(), /no space left/)
  t.match(warnings, [/consumers.ndjson: no space left on device: positions of consumers are written when they can be/])
  positions.set('b', { offset: 2 })
  positions.remove('gone')
  await mended(positions)
  positions.set('a', { offset: 3 })
  await positions.close()
  t.equal(warnings.length, 1)
  t.same(
    [...open(folder).positions.consumers],
    [
      ['a', { offset: 3 }],
      ['b', { offset: 2 }],
    ],
  )
})

t.test('what was written and could not be synced is written again', onLinux, async t => {
  for (const isAwaited of [true, false]) {
    const folder = t.testdir({})
    const { positions, warnings } = open(folder, 'always')
    symlinkSync('/dev/null', join(folder, 'consumers.ndjson'))
    positions.set('a', { offset: 1 })
    if (isAwaited) await t.rejects(positions.flushed(), { name: 'CarrierError' })
    while (!positions.failure) await new Promise(resolve => setTimeout(resolve, 10))
    t.equal(warnings.length, 1)
    await mended(positions)
    t.equal(readFileSync(join(folder, 'consumers.ndjson'), 'utf8'), '{"consumer":"a","offset":1}\n')
    await positions.close()
  }
})

t.test('to close is to try once more', onLinux, async t => {
  const folder = t.testdir({})
  const { positions } = open(folder)
  symlinkSync('/dev/full', join(folder, 'consumers.ndjson'))
  positions.set('a', { offset: 1 })
  await t.rejects(positions.flushed(), /no space left/)
  await positions.close()
  t.same(open(folder).positions.get('a'), { offset: 1 })
})

t.test('a failure is told', async t => {
  const folder = t.testdir({ 'consumers.ndjson': {} })
  t.throws(() => open(folder), { name: 'CarrierError' })
  const { positions } = open(join(folder, 'nowhere'))
  positions.set('a', { offset: 1 })
  await t.rejects(positions.flushed(), { name: 'CarrierError' })
  t.ok(positions.failure)
})
