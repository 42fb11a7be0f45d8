// Pictures as files: whole or not at all, and PNG with the same bytes each time.

import { execFileSync } from 'node:child_process'
import {
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { inflateSync } from 'node:zlib'
import t from 'tap'
import { document, label } from '../../src/chart/svg.ts'
import { pngOf, writePicture } from '../../src/store/picture.ts'

const SVG = document(60, 40, '#ffffff', [
  label(30, 25, 'Ω²', { 'font-size': 20, fill: '#000000', 'text-anchor': 'middle' }),
])
const quiet = { warn: () => {} }

t.test('a PNG of the size, with glyphs, the same each time', async t => {
  const png = Buffer.from(await pngOf(SVG))
  t.same([png.readUInt32BE(16), png.readUInt32BE(20)], [60, 40])
  t.ok(png.equals(await pngOf(SVG)))
  const parts: Buffer[] = []
  for (let at = 8; at < png.length; at += png.readUInt32BE(at) + 12) {
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)))
  }
  const pixels = inflateSync(Buffer.concat(parts))
  t.ok(new Set(pixels).size > 8, 'there is more than one colour: text was drawn')
})

t.test('a picture takes the place of the one before, and leaves nothing beside it', async t => {
  const folder = t.testdir({ 'a.svg': 'old' })
  await writePicture(join(folder, 'a.svg'), 'svg', SVG, quiet)
  await writePicture(join(folder, 'a.png'), 'png', SVG, quiet)
  t.equal(readFileSync(join(folder, 'a.svg'), 'utf8'), SVG)
  t.same(readdirSync(folder).sort(), ['a.png', 'a.svg'])
})

t.test('where it cannot be, nothing is changed', async t => {
  const folder = t.testdir({})
  mkdirSync(join(folder, 'a.svg'))
  await t.rejects(writePicture(join(folder, 'a.svg'), 'svg', SVG, quiet), { message: /: is a directory$/ })
  await t.rejects(writePicture(join(folder, 'no/a.svg'), 'svg', SVG, quiet), { message: /no such file or directory/ })
  writeFileSync(join(folder, 'b.svg'), 'old')
  await t.rejects(writePicture(join(folder, 'b.svg/c.svg'), 'svg', SVG, quiet), { name: 'CarrierError' })
  t.equal(readFileSync(join(folder, 'b.svg'), 'utf8'), 'old')
  t.same(readdirSync(folder).sort(), ['a.svg', 'b.svg'])
})

t.test('a named pipe is written to, and stays one', async t => {
  const path = join(t.testdir({}), 'a.svg')
  execFileSync('mkfifo', [path])
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  t.teardown(() => closeSync(reader))
  await writePicture(path, 'svg', SVG, quiet)
  const bytes = Buffer.alloc(SVG.length * 2)
  t.equal(bytes.toString('utf8', 0, readSync(reader, bytes)), SVG)
  t.ok(lstatSync(path).isFIFO())
})
