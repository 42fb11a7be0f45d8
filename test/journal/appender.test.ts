// The one that writes: what gathers is written together, readers are told, an old file is left.

import { readdirSync } from 'node:fs'
import t from 'tap'
import { Appender } from '../../src/journal/appender.ts'
import type { JournalOptions } from '../../src/journal/options.ts'
import { Segments } from '../../src/journal/segments.ts'

function appenderIn(folder: string, options: Partial<JournalOptions> = {}) {
  const { segments } = Segments.find(folder, () => {})
  return { segments, appender: new Appender({ folder, sync: 'always', warn: () => {}, ...options }, segments, 0) }
}

const record = (offset: number, time = offset) => ({ offset, count: 1, time, bytes: Buffer.from('{}\n') })

t.test('what is added while a write goes on is written after it, together', async t => {
  const { appender } = appenderIn(t.testdir({}))
  const kept: number[] = []
  appender.onKept = offset => kept.push(offset)
  appender.add(record(0))
  const one = appender.waiting
  while (appender.kept === 0) {
    await new Promise(setImmediate)
    if (appender.kept > 0) break
    if (appender.waiting === one) appender.add(record(1))
    if (appender.waiting === one * 2) appender.add(record(2))
  }
  await appender.flushed()
  t.same(kept, [1, 3])
  t.equal(appender.waiting, 0)
  await appender.close()
})

t.test('who waits for more is told when it is there, or that it will not come', async t => {
  const { appender } = appenderIn(t.testdir({}))
  const first = appender.beyond(0)
  const third = appender.beyond(2)
  appender.add(record(0))
  t.equal(await first, true)
  t.equal(appender.kept, 1)
  appender.add(record(1))
  await appender.close()
  t.equal(await third, false)
  t.equal(await appender.beyond(5), false)
  t.equal(await appender.beyond(1), true, 'what is there can still be read')
})

t.test('it is flushed when what was added before is kept, however much comes after it', async t => {
  const { appender } = appenderIn(t.testdir({}))
  let added = 1
  let isOver = false
  appender.onKept = () => {
    if (!isOver) appender.add(record(added++))
  }
  appender.add(record(0))
  await appender.flushed()
  t.ok(appender.kept >= 1)
  isOver = true
  await appender.close()
  t.equal(appender.kept, added)
})

t.test('an old file is left for a new one, at once', async t => {
  const folder = t.testdir({})
  const { appender, segments } = appenderIn(folder)
  appender.leaveOld(1000)
  t.equal(segments.last, undefined)
  appender.add(record(0, 500))
  await appender.flushed()
  appender.leaveOld(500)
  await appender.flushed()
  t.equal(segments.last?.first, 0)
  appender.leaveOld(501)
  await appender.flushed()
  t.same(
    readdirSync(folder).filter(name => name.endsWith('.frame')),
    ['0000000000000001.frame'],
    'and the old one is removed',
  )
  appender.add(record(1, 600))
  await appender.close()
  t.equal(segments.last?.first, 1)
})
