// The journal: what is added is there again, after a crash, too; files follow each other and are removed.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { CarrierError } from '../../src/errors.ts'
import { JOURNAL_SYNC } from '../../src/journal/journal.ts'
import { ROOT } from '../support/cases.ts'
import { line, openJournal, readAll } from '../support/journal.ts'
import { LOADER, source } from '../support/sources.ts'

const frames = (folder: string) => readdirSync(folder).filter(name => name.endsWith('.frame'))

for (const sync of JOURNAL_SYNC) {
  t.test(`what is added is read again, also after the end, sync ${sync}`, async t => {
    const folder = join(t.testdir({}), 'new', 'journal')
    const { journal } = await openJournal(folder, { sync, syncEvery: 20 })
    const kept: number[] = []
    journal.onKept(offset => kept.push(offset))
    t.equal(journal.append(line(1), 1), 0)
    t.equal(journal.append(Buffer.concat([line(2), line(3)]), 2), 1)
    t.equal(journal.next, 3)
    await journal.flushed()
    t.same(kept, [3], 'what is added together is written together')
    t.equal(journal.append(line(4), 1), 3)
    await journal.close()
    t.same(kept, [3, 4])
    t.equal(journal.kept, 4)
    const { journal: again, warnings } = await openJournal(folder)
    t.equal(again.next, 4)
    t.equal(again.first, 0)
    again.append(line(5), 1)
    await again.flushed()
    const expected = [`0 ${line(1)}`, `1 ${line(2)}`, `2 ${line(3)}`, `3 ${line(4)}`, `4 ${line(5)}`].map(text =>
      text.trimEnd(),
    )
    t.same(await readAll(again.reader('first')), expected)
    t.same(warnings, [])
    await again.close()
  })
}

t.test('a journal is kept to one', async t => {
  const folder = t.testdir({})
  const { journal } = await openJournal(folder)
  await t.rejects(openJournal(folder), { name: 'CarrierError', message: /in use by process/ })
  await journal.close()
  const { journal: next } = await openJournal(folder)
  await next.close()
  t.notOk(existsSync(join(folder, 'lock')))
})

t.test('what a crash cut short is set aside, and the rest goes on', async t => {
  const folder = t.testdir({})
  const { journal } = await openJournal(folder)
  for (let value = 0; value < 5; value++) {
    journal.append(line(value), 1)
    await journal.flushed()
  }
  await journal.close()
  const path = join(folder, frames(folder)[0] ?? '')
  truncateSync(path, statSync(path).size - 3)
  const { journal: again, warnings } = await openJournal(folder)
  t.match(warnings, [/cut short at byte \d+: moved \d+ bytes to .*\.torn-/])
  t.equal(again.next, 4, 'offsets of what was never kept are given again')
  again.append(line('new'), 1)
  await again.flushed()
  t.same((await readAll(again.reader({ offset: 3 }))).slice(-1), [`4 ${line('new')}`.trimEnd()])
  await again.close()
})

t.test('after a crash within the first record of all', async t => {
  const folder = t.testdir({})
  writeFileSync(join(folder, '0000000000000007.frame'), Buffer.from([0xf7, 0x44, 0x41]))
  const { journal } = await openJournal(folder)
  t.equal(journal.next, 7)
  journal.append(line(1), 1)
  await journal.flushed()
  t.same(await readAll(journal.reader('first')), [`7 ${line(1)}`.trimEnd()])
  await journal.close()
})

t.test('files follow each other, and the oldest are removed', async t => {
  const folder = t.testdir({})
  let now = 1_000_000
  const options = { segment: 1000, keepBytes: 3000, now: () => now }
  const { journal } = await openJournal(folder, options)
  for (let value = 0; value < 100; value++) {
    journal.append(line(value), 1)
    await journal.flushed()
    now += 1000
  }
  t.ok(journal.size <= 4200, `${journal.size} bytes`)
  t.ok(journal.first > 50)
  t.equal(frames(folder)[0], `${String(journal.first).padStart(16, '0')}.frame`)
  const found = await readAll(journal.reader({ offset: 0 }))
  t.equal(found[0], `lost ${journal.first}`)
  t.equal(found.length, 101 - journal.first)
  await journal.close()
  const { journal: again } = await openJournal(folder, { ...options, keepFor: 5000 })
  const { first } = again
  again.tidy()
  t.ok(again.first > first, 'by age')
  now += 100_000
  again.tidy()
  await again.flushed()
  again.tidy()
  t.equal(again.first, 100, 'all of them are too old, the last one, too')
  t.equal(again.next, 100)
  again.append(line('new'), 1)
  await again.close()
  const { journal: third } = await openJournal(folder)
  t.same(await readAll(third.reader('first')), [`100 ${line('new')}`.trimEnd()])
  await third.close()
})

t.test('a disk that fails is told once, and nothing is said to be kept any more', async t => {
  const folder = t.testdir({})
  const { journal } = await openJournal(folder, { segment: 1 })
  journal.append(line(0), 1)
  await journal.flushed()
  // Where the next file would be made, there is one already.
  writeFileSync(join(folder, '0000000000000001.frame'), '')
  const failures: CarrierError[] = []
  journal.onFailure(error => failures.push(error))
  const kept: number[] = []
  journal.onKept(offset => kept.push(offset))
  journal.append(line(1), 1)
  await t.rejects(journal.flushed(), CarrierError)
  journal.append(line(2), 1)
  await t.rejects(journal.flushed(), CarrierError)
  t.equal(failures.length, 1)
  t.same(kept, [])
  t.equal(journal.kept, 1)
  t.ok(journal.failure)
  await t.rejects(journal.close(), CarrierError)
})

t.test('it says when too much waits', async t => {
  const { journal } = await openJournal(t.testdir({}), { waiting: 1000 })
  t.notOk(journal.isFull)
  journal.append(Buffer.alloc(2000), 1)
  t.ok(journal.isFull)
  await journal.flushed()
  t.notOk(journal.isFull)
  await journal.close()
})

const WRITER = `
import { Journal } from '${source('src/journal/journal.ts')}'
const journal = await Journal.open({ folder: process.argv[1], sync: 'interval', segment: 20000, warn: () => {} })
let value = journal.next
const add = () => {
  for (let n = 0; n < 7; n++) journal.append(Buffer.from(JSON.stringify({ topic: 't', value: value++ }) + '\\n'), 1)
}
journal.onKept(kept => {
  process.stdout.write(kept + '\\n')
  add()
})
add()
`

t.test('what was said to be kept survives a kill, again and again', async t => {
  const folder = t.testdir({})
  let told = 0
  for (let round = 0; round < 3; round++) {
    const child = spawn(process.execPath, [...LOADER, '--input-type=module', '-e', WRITER, folder], {
      cwd: ROOT,
    })
    child.stdout.setEncoding('utf8')
    let text = ''
    let errors = ''
    child.stderr.on('data', chunk => {
      errors += chunk
    })
    const enough = new Promise<void>(resolve => {
      child.stdout.on('data', chunk => {
        text += chunk
        if (text.split('\n').length > 200) resolve()
      })
    })
    const ended = once(child, 'close')
    await Promise.race([enough, ended])
    child.kill('SIGKILL')
    await ended
    t.equal(errors, '')
    const last = Number(text.split('\n').at(-2) ?? 'NaN')
    t.ok(last > told, `${last} after ${told}`)
    told = last
    // What is half written, as a power cut may leave it.
    const newest = frames(folder).at(-1) ?? ''
    appendFileSync(join(folder, newest), readFileSync(join(folder, newest)).subarray(0, 40))
    const { journal } = await openJournal(folder)
    t.ok(journal.next >= told, `${journal.next} of ${told}`)
    const found = await readAll(journal.reader('first'))
    t.equal(found.length, journal.next)
    t.ok(found.every((text, index) => text === `${index} {"topic":"t","value":${index}}`))
    await journal.close()
  }
})
