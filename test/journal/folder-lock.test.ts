// The lock: held by a process that lives, worth nothing otherwise.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { FolderLock } from '../../src/journal/folder-lock.ts'

t.test('one at a time', async t => {
  const folder = t.testdir({})
  const lock = FolderLock.take(folder)
  t.throws(() => FolderLock.take(folder), { name: 'CarrierError', message: /in use by process \d+$/ })
  lock.release()
  lock.release()
  t.notOk(existsSync(join(folder, 'lock')))
  FolderLock.take(folder).release()
})

t.test('another process that lives has it; one that is gone has not', async t => {
  const folder = t.testdir({})
  const child = spawn('sleep', ['60'])
  await once(child, 'spawn')
  const { pid = 0 } = child
  const stat = existsSync('/proc') ? readFileSync(`/proc/${pid}/stat`, 'utf8') : ''
  const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '-'
  writeFileSync(join(folder, 'lock'), `${pid} ${start}\n`)
  t.throws(() => FolderLock.take(folder), { message: new RegExp(`process ${pid}`) })
  if (stat !== '') {
    writeFileSync(join(folder, 'lock'), `${pid} 1\n`)
    FolderLock.take(folder).release()
    writeFileSync(join(folder, 'lock'), `${pid} ${start}\n`)
  }
  child.kill()
  await once(child, 'close')
  FolderLock.take(folder).release()
})

t.test('a lock of this process’s number, of a life before, and one that says nothing', async t => {
  const folder = t.testdir({})
  for (const text of [`${process.pid} 1\n`, '', 'garbage\n', '0 0\n']) {
    writeFileSync(join(folder, 'lock'), text)
    FolderLock.take(folder).release()
  }
})
