// The one who keeps: neighbours go together, who waits is told in order or refused, room is given again.

import { writeFileSync } from 'node:fs'
import t from 'tap'
import { Keeper } from '../../../src/bus/durable/keeper.ts'
import { Run } from '../../../src/bus/run.ts'
import type { RecordMarks } from '../../../src/journal/record.ts'
import { openJournal } from '../../support/journal.ts'

const LINE = '{"topic":"a"}\n'
const buffer = Buffer.from(LINE.repeat(10))

function run(from: number, to: number, expires?: number): Run {
  const bounds = { start: from * LINE.length, end: to * LINE.length, packets: to - from }
  return new Run('lines', buffer, expires === undefined ? bounds : { ...bounds, expires })
}

t.test('neighbours with the same marks are one record', async t => {
  const { journal } = await openJournal(t.testdir({}), { now: () => 1 })
  const added: (readonly [number, RecordMarks | undefined])[] = []
  const append = journal.append.bind(journal)
  journal.append = (bytes, count, marks) => {
    added.push([count, marks])
    return append(bytes, count, marks)
  }
  const keeper = new Keeper(journal)
  t.equal(keeper.settle(), undefined)
  keeper.add(run(0, 2), false)
  keeper.add(run(2, 3), undefined)
  keeper.add(run(4, 5), false)
  keeper.add(run(5, 6), true)
  keeper.add(run(6, 7).marked({ again: true }), true)
  keeper.add(run(7, 8, 99), false)
  t.equal(keeper.settle(), 7)
  t.same(added, [
    [3, undefined],
    [1, undefined],
    [1, { retain: true }],
    [1, { again: true, retain: true }],
    [1, { expires: 99 }],
  ])
  t.equal(keeper.forget('a'), 8)
  await journal.close()
})

t.test('who waits is told in order, when all before it is kept', async t => {
  const { journal } = await openJournal(t.testdir({}))
  const told: string[] = []
  const keeper = new Keeper(journal, { onKept: () => told.push(`kept ${journal.kept}`) })
  keeper.whenKept(0, () => told.push('at once'))
  for (const name of ['one', 'two']) {
    keeper.add(run(0, 2), false)
    keeper.whenKept(keeper.settle() ?? 0, refusal => told.push(`${name} ${refusal}`))
  }
  await journal.flushed()
  t.same(told, ['at once', 'one undefined', 'two undefined', 'kept 4'])
  await journal.close()
})

t.test('too much that waits is told, and when there is room again', async t => {
  const { journal } = await openJournal(t.testdir({}), { waiting: 20 })
  const keeper = new Keeper(journal)
  keeper.add(run(0, 5), false)
  keeper.settle()
  t.ok(keeper.isFull)
  await new Promise<void>(resolve => keeper.onRoom(resolve))
  t.notOk(keeper.isFull)
  t.equal(journal.kept, 5)
  await journal.close()
})

t.test('what is forgotten waits, too', async t => {
  const { journal } = await openJournal(t.testdir({}), { waiting: 1000 })
  const keeper = new Keeper(journal)
  for (let count = 0; count < 4; count++) {
    t.notOk(keeper.isFull)
    keeper.forget('a'.repeat(200))
  }
  t.ok(keeper.isFull)
  await new Promise<void>(resolve => keeper.onRoom(resolve))
  t.same([journal.kept, keeper.isFull], [4, false])
  await journal.close()
})

t.test('once the journal has failed, all that waits and all that comes is refused', async t => {
  const folder = t.testdir({})
  const { journal } = await openJournal(folder, { segment: 1 })
  const keeper = new Keeper(journal)
  keeper.add(run(0, 1), false)
  keeper.settle()
  await journal.flushed()
  writeFileSync(`${folder}/0000000000000001.frame`, '')
  const failed = new Promise<void>(resolve =>
    journal.onFailure(error => {
      keeper.fail(error)
      resolve()
    }),
  )
  const refused: (string | undefined)[] = []
  keeper.add(run(1, 2), false)
  keeper.whenKept(keeper.settle() ?? 0, refusal => refused.push(refusal?.message))
  await failed
  keeper.add(run(2, 3), false)
  keeper.whenKept(keeper.settle() ?? 0, refusal => refused.push(refusal?.message))
  t.match(refused, [/EEXIST/, /EEXIST/])
  t.equal(journal.kept, 1)
  await t.rejects(journal.close())
})
