// Where a descriptor stands: asked for and set, for whoever shares it as well; nothing where it stands nowhere.

import { execFileSync } from 'node:child_process'
import { closeSync, openSync, readSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { positionOf } from '../../src/carrier/position.ts'
import { LOADER, source } from '../support/sources.ts'

const folder = t.testdir({ data: '0123456789' })
const path = join(folder, 'data')

const next = (descriptor: number, length: number) => {
  const bytes = Buffer.alloc(length)
  return bytes.toString('latin1', 0, readSync(descriptor, bytes, 0, length, null))
}

t.test('it is where reading goes on', async t => {
  const descriptor = openSync(path, 'r')
  t.equal(positionOf(descriptor)?.start, 0)
  t.equal(next(descriptor, 3), '012')
  const position = positionOf(descriptor)
  t.equal(position?.start, 3)
  position?.moveTo(7)
  t.equal(next(descriptor, 2), '78')
  position?.moveTo(2 ** 40)
  t.equal(positionOf(descriptor)?.start, 2 ** 40)
  t.equal(next(descriptor, 2), '')
  closeSync(descriptor)
  t.equal(positionOf(descriptor), undefined)
})

t.test('a process that shares the descriptor goes on there, and hears nothing of it', async t => {
  writeFileSync(
    join(folder, 'move.mjs'),
    `import { positionOf } from '${source('src/carrier/position.ts')}'\npositionOf(0).moveTo(6)\n`,
  )
  const line = `{ ${process.execPath} ${LOADER.join(' ')} move.mjs; cat; } <data 2>&1`
  t.equal(execFileSync('sh', ['-c', line], { cwd: folder, encoding: 'utf8' }), '6789')
  const piped = `import { positionOf } from '${source('src/carrier/position.ts')}'\nprocess.exitCode = positionOf(0) ? 1 : 0\n`
  writeFileSync(join(folder, 'pipe.mjs'), piped)
  t.doesNotThrow(() =>
    execFileSync('sh', ['-c', `cat data | ${process.execPath} ${LOADER.join(' ')} pipe.mjs`], { cwd: folder }),
  )
})
