// The file that is written: pieces of any number, in order, whole.

import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { SegmentFile } from '../../src/journal/segment-file.ts'

t.test('all pieces are written, also more than the system takes at once', async t => {
  const folder = t.testdir({})
  const path = join(folder, 'file')
  const file = await SegmentFile.create(path, folder)
  await file.write([])
  const pieces = Array.from({ length: 3500 }, (_, index) => Buffer.from(`${index},`))
  await file.write(pieces)
  await file.write([Buffer.alloc(0), Buffer.from('end')])
  await Promise.all([file.sync(), file.sync()])
  await file.close()
  t.equal(readFileSync(path, 'utf8'), `${Buffer.concat(pieces)}end`)
  await t.rejects(SegmentFile.create(path, folder), { code: 'EEXIST' })
  const more = await SegmentFile.append(path)
  await more.write([Buffer.from('!')])
  await more.close()
  t.equal(statSync(path).size, Buffer.concat(pieces).length + 4)
})

t.test('a file takes the place of another when it is whole', async t => {
  const path = join(t.testdir({ file: 'before', 'file.partial': 'left by a crash' }), 'file')
  const failed = SegmentFile.replace(path, async file => {
    await file.write([Buffer.from('half')])
    throw new Error('no more')
  })
  await t.rejects(failed, /no more/)
  t.equal(readFileSync(path, 'utf8'), 'before')
  const file = await SegmentFile.replace(path, file => file.write([Buffer.from('after')]))
  t.equal(readFileSync(path, 'utf8'), 'after')
  await file.write([Buffer.from(', and more')])
  await file.close()
  t.equal(readFileSync(path, 'utf8'), 'after, and more')
})

t.test('to close waits for a sync that goes on', async t => {
  const folder = t.testdir({})
  const file = await SegmentFile.create(join(folder, 'file'), folder)
  await file.write([Buffer.alloc(1_000_000)])
  const one = file.sync()
  await file.write([Buffer.alloc(1000)])
  const another = file.sync()
  await file.close()
  await t.resolves(Promise.all([one, another]))
})
