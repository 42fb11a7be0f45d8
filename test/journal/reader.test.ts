// Reading a journal: from an offset, a time, across files, over what is damaged, and on as it grows.

import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { line, openJournal, readAll } from '../support/journal.ts'

const shown = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `${from + index} ${line(from + index)}`.trimEnd())

/** A hundred packets, one a second from 100 s on, in files of about ten. */
async function filled(folder: string) {
  let now = 100_000
  const opened = await openJournal(folder, { segment: 1000, now: () => now })
  for (let value = 0; value < 100; value++) {
    opened.journal.append(line(value), 1)
    await opened.journal.flushed()
    now += 1000
  }
  return opened
}

t.test('from any offset, in any file', async t => {
  const { journal } = await filled(t.testdir({}))
  for (const offset of [0, 1, 9, 10, 11, 50, 99, 100]) {
    const reader = journal.reader({ offset })
    t.same(await readAll(reader), shown(offset, 100), `from ${offset}`)
    t.equal(reader.offset, 100)
    await reader.close()
  }
  t.same(await readAll(journal.reader('next')), [])
  await journal.close()
})

t.test('from any time', async t => {
  const folder = t.testdir({})
  const { journal } = await filled(folder)
  await journal.close()
  const { journal: again } = await openJournal(folder)
  for (const [time, offset] of [
    [0, 0],
    [100_000, 0],
    [100_001, 1],
    [150_500, 51],
    [199_000, 99],
    [199_001, 100],
  ] as const) {
    t.same(await readAll(again.reader({ time })), shown(offset, 100), `from ${time}`)
  }
  await again.close()
})

t.test('a record of several packets is given whole where some of it is wanted', async t => {
  const { journal } = await openJournal(t.testdir({}))
  journal.append(Buffer.concat([line(0), line(1), line(2)]), 3)
  await journal.flushed()
  journal.append(line(3), 1)
  await journal.flushed()
  const reader = journal.reader({ offset: 1 })
  t.equal(reader.offset, 1)
  const { records, lost } = await reader.next()
  t.equal(lost, 0)
  t.same(
    records.map(({ offset, count }) => [offset, count]),
    [
      [0, 3],
      [3, 1],
    ],
  )
  t.equal(reader.offset, 4)
  await journal.close()
})

t.test('who waits for a time that is to come is not woken by what is there', async t => {
  let now = 1000
  const { journal } = await openJournal(t.testdir({}), { now: () => now })
  const early = journal.reader({ time: 5000 })
  t.same(await readAll(early), [])
  journal.append(line(0), 1)
  await journal.flushed()
  t.equal(await early.more(), true)
  t.same(await readAll(early), [])
  let isWoken = false
  const more = early.more().then(isMore => {
    isWoken = true
    return isMore
  })
  await new Promise(setImmediate)
  t.notOk(isWoken)
  now = 5000
  journal.append(line(1), 1)
  t.equal(await more, true)
  t.same(await readAll(early), [`1 ${line(1)}`.trimEnd()])
  await journal.close()
})

t.test('it goes on as the journal grows, and ends with it', async t => {
  const { journal } = await openJournal(t.testdir({}), { segment: 2000 })
  const reader = journal.reader('next')
  const found: string[] = []
  const reading = (async () => {
    while (await reader.more()) found.push(...(await readAll(reader)))
  })()
  for (let value = 0; value < 300; value++) {
    journal.append(line(value), 1)
    if (value % 7 === 0) await new Promise(setImmediate)
    if (value % 50 === 0) await journal.flushed()
  }
  await journal.close()
  await reading
  t.same(found, shown(0, 300))
  await reader.close()
  t.same(await reader.next(), { records: [], lost: 0 })
})

t.test('a file that is removed while it is read is read to its end; those before it are told as lost', async t => {
  const { journal } = await openJournal(t.testdir({}), { segment: 100, keepBytes: 500 })
  const add = async (from: number, to: number) => {
    for (let value = from; value < to; value++) {
      journal.append(line(value), 1)
      await journal.flushed()
    }
  }
  await add(0, 3)
  const reader = journal.reader('first')
  const { records } = await reader.next()
  t.equal(records[0]?.offset, 0)
  await add(3, 50)
  const found = await readAll(reader)
  t.match(found[0], /^lost \d+$/)
  const lost = Number(found[0]?.split(' ')[1])
  t.same(found.slice(1), shown(records.length + lost, 50))
  await journal.close()
})

t.test('closed while it reads, it leaves no file open, and closes none that is not its own', async t => {
  const folder = t.testdir({})
  const { journal } = await filled(folder)
  const before = filesOpen(folder)
  for (let readsBefore = 0; readsBefore < 4; readsBefore++) {
    const reader = journal.reader('first')
    for (let reads = 0; reads < readsBefore; reads++) await reader.next()
    const reading = reader.next()
    await reader.close()
    await reading
    t.same(filesOpen(folder), before, `after ${readsBefore} reads`)
    t.same(await reader.next(), { records: [], lost: 0 })
  }
  await journal.close()
})

/** Files below the folder that this process has open, as far as the system tells. */
function filesOpen(folder: string): readonly string[] {
  const descriptors = '/proc/self/fd'
  if (!existsSync(descriptors)) return []
  const paths = readdirSync(descriptors).map(name => {
    try {
      return readlinkSync(join(descriptors, name))
    } catch {
      return ''
    }
  })
  return paths.filter(path => path.startsWith(folder)).sort()
}

t.test('what is damaged is named and counted, and the rest is read', async t => {
  const folder = t.testdir({})
  const { journal } = await filled(folder)
  await journal.close()
  const [, second = ''] = readdirSync(folder).filter(name => name.endsWith('.frame'))
  const bytes = readFileSync(join(folder, second))
  const first = Number(second.slice(0, 16))
  const at = bytes.indexOf(line(first + 2))
  bytes[at + 5] = 0
  writeFileSync(join(folder, second), bytes)
  const { journal: again, warnings } = await openJournal(folder)
  const found = await readAll(again.reader('first'))
  t.same(
    found.filter(text => !text.startsWith('lost')),
    [...shown(0, first + 2), ...shown(first + 3, 100)],
  )
  t.same(
    found.filter(text => text.startsWith('lost')),
    ['lost 1'],
  )
  t.match(warnings, [/0000.*\.frame.*\(byte \d+\).*CRC/])
  await again.close()
})
