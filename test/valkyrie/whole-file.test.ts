import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { CarrierError } from '../../src/errors.ts'
import { writeWholeFile } from '../../src/valkyrie/whole-file.ts'

t.test('the chunks are joined, what was there is replaced, and nothing else is left', async t => {
  const folder = t.testdir({ a: 'old' })
  writeWholeFile(join(folder, 'a'), [Buffer.from('one '), Buffer.alloc(0), Buffer.from('two')])
  writeWholeFile(join(folder, 'b'), [])
  t.equal(readFileSync(join(folder, 'a'), 'utf8'), 'one two')
  t.equal(readFileSync(join(folder, 'b'), 'utf8'), '')
  t.same(readdirSync(folder).sort(), ['a', 'b'])
})

t.test('a file that cannot be written leaves nothing behind', async t => {
  const folder = t.testdir({ a: { inside: '' } })
  t.throws(() => writeWholeFile(join(folder, 'a'), [Buffer.from('x')]), CarrierError)
  t.throws(() => writeWholeFile(join(folder, 'none', 'b'), [Buffer.from('x')]), /no such file or directory/)
  t.same(readdirSync(folder), ['a'])
})
