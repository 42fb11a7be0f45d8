// Pieces in the kernel's memory: whole blocks, each side and each place apart from all others, and the rows of those that are done.

import t from 'tap'
import { Kernel, type KernelSettings } from '../../src/dsp/kernel.ts'
import { pieceLayout } from '../../src/dsp/kernel-pieces.ts'
import { randomNumbers } from '../support/spectrum.ts'

const make = (size: number, settings: Partial<KernelSettings>) =>
  new Kernel({
    size,
    scale: 'db',
    shift: false,
    weights: randomNumbers((settings.real ? 1 : 2) * size, 'weights'),
    numbers: 2 ** 20,
    blocks: 64,
    threaded: true,
    ...settings,
  })

t.test('a layout has whole blocks and nothing twice; blocks that are longer than a piece have none', async t => {
  for (const [blockBytes, rowBytes] of [
    [128, 64],
    [8192, 4096],
    [4096, 2052],
    [262_144, 131_072],
  ] as const) {
    const layout = pieceLayout(1000, blockBytes, rowBytes)
    if (!layout) throw new Error('no layout')
    t.equal(layout.blocks * blockBytes, 262_144)
    t.equal(layout.resultBytes, layout.blocks * rowBytes)
    const [first, second] = layout.rooms
    const places = (layout.end - layout.results) / layout.resultBytes
    t.ok(Number.isInteger(places) && places > 1)
    t.ok(first >= 1000 && second >= first + 262_144 && layout.results >= second + 262_144)
  }
  t.equal(pieceLayout(0, 524_288, 262_144), undefined)
  t.equal(make(65536, {}).pieces, undefined)
  t.equal(make(1024, { threaded: false }).pieces, undefined)
})

t.test('the work of either side is that of the kernel', async t => {
  for (const settings of [{}, { scale: 'complex' }, { real: { factors: new Float64Array(513).fill(1) } }] as const) {
    const kernel = make(1024, settings)
    const work = kernel.pieces?.give()
    if (!work) throw new Error('no work')
    t.equal(kernel.pieces?.give(), undefined, 'only once')
    const samples = Float32Array.from(randomNumbers(work.bytes / 4, 'samples'))
    kernel.input.set(samples)
    const row = work.bytes / work.blocks / 4
    t.ok(kernel.run(0, row, work.blocks))
    const right = kernel.output.slice(0, work.resultBytes / 4)
    for (const [index, { base, room, sums }] of work.sides.entries()) {
      const place = 3 + index
      room.set(new Uint8Array(samples.buffer))
      sums.fill(0)
      work.run(base, room.byteOffset, work.results + place * work.resultBytes, work.bytes / work.blocks, work.blocks)
      t.ok(sums.every(Number.isFinite))
      const done = work.done.subarray(place * work.bytes, (place + 1) * work.bytes)
      const rows = kernel.pieces?.rowsOf(done)
      t.equal(rows?.count, work.blocks)
      t.ok(
        rows &&
          Buffer.from(
            Uint8Array.from(new Uint8Array(rows.numbers.buffer, rows.numbers.byteOffset, work.resultBytes)),
          ).equals(Buffer.from(right.buffer)),
      )
    }
    t.equal(kernel.pieces?.rowsOf(work.done.subarray(work.bytes, 4 * work.bytes))?.count, 3 * work.blocks)
    for (const other of [
      new Uint8Array(8),
      new Uint8Array(kernel.input.buffer, kernel.input.byteOffset, 64),
      work.sides[1].room,
    ])
      t.equal(kernel.pieces?.rowsOf(other), undefined, 'these are samples')
  }
})

t.test('sums tell of rows that are not right', async t => {
  const work = make(1024, {}).pieces?.give()
  if (!work) throw new Error('no work')
  const { base, room, sums } = work.sides[1]
  const floats = new Float32Array(room.buffer, room.byteOffset, work.bytes / 4)
  floats[5000] = Number.NaN
  work.run(base, room.byteOffset, work.results, work.bytes / work.blocks, work.blocks)
  t.notOk(sums.every(Number.isFinite))
})
