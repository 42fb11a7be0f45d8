// Blocks from packets: the same for every cut, with overlap, without means, filled up at the end.

import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import fc from 'fast-check'
import t from 'tap'
import { piecesOf } from '../../src/carrier/pieces.ts'
import { SampleStream } from '../../src/dsp/sample-stream.ts'
import { sampleFormat } from '../../src/dsp/samples.ts'
import { makeTransform } from '../../src/dsp/transform.ts'
import type { Meta } from '../../src/packet.ts'
import type { PieceWork } from '../../src/stream/piece-work.ts'
import { randomNumbers } from '../support/spectrum.ts'

interface Row {
  readonly bins: Float32Array
  readonly from: Meta
  readonly offset: number
  readonly last: Meta
}

function make({ size = 16, hop = 16, removeMean = false, complex = true, threaded = false } = {}) {
  const format = sampleFormat(complex ? 'complex64' : 'float32')
  if (!format) throw new Error('no format')
  const weights = new Float64Array(size).fill(1)
  const transform = makeTransform({
    size,
    complex,
    double: false,
    scale: 'power',
    shift: false,
    weights,
    oneSided: false,
    threaded,
  })
  const rows: Row[] = []
  const stream = new SampleStream({
    size,
    hop,
    format,
    transform,
    removeMean,
    take({ numbers, count, origin }) {
      for (let row = 0; row < count; row++) {
        const { meta, offset, last } = origin(row)
        const bins = Float32Array.from(numbers.subarray(row * transform.bins, (row + 1) * transform.bins))
        rows.push({ bins, from: meta, offset, last })
      }
    },
  })
  return { stream, rows, room: transform.blocks }
}

/** As text that is the same where the numbers are: what is no number has many forms. */
function binsOf(rows: readonly Row[]): string {
  const bytes = rows.map(({ bins }) => new Uint8Array(bins.map(bin => (Number.isNaN(bin) ? Number.NaN : bin)).buffer))
  return Buffer.concat(bytes).toString('latin1')
}

const bytes = (numbers: Float64Array) => new Uint8Array(Float32Array.from(numbers).buffer)

t.test('every cut gives the same rows', async t => {
  const samples = bytes(randomNumbers(2 * 100, 'samples'))
  for (const [hop, blocks] of [
    [16, 6],
    [5, 17],
    [1, 85],
  ] as const) {
    const whole = make({ hop })
    whole.stream.push({}, samples)
    t.equal(whole.rows.length, blocks, `hop ${hop}`)
    const cuts = fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 12 })
    fc.assert(
      fc.property(cuts, places => {
        const { stream, rows } = make({ hop })
        const ends = [...places.toSorted((a, b) => a - b), 100]
        let at = 0
        for (const end of ends) {
          stream.push({}, samples.subarray(at * 8, end * 8))
          at = end
        }
        return binsOf(rows) === binsOf(whole.rows) && stream.untransformed === whole.stream.untransformed
      }),
      { numRuns: 30 },
    )
  }
})

t.test('samples that are read where they belong give the same rows, also behind some that wait', async t => {
  const samples = bytes(randomNumbers(2 * 100, 'samples'))
  for (const hop of [16, 5]) {
    const whole = make({ hop })
    whole.stream.push({}, samples)
    const { stream, rows } = make({ hop })
    for (let at = 0; at < samples.length; ) {
      const room = stream.room()
      if (!room) throw new Error('no room')
      const length = Math.min(room.length, samples.length - at, 37 * 8)
      room.set(samples.subarray(at, at + length))
      stream.push({}, room.subarray(0, length))
      at += length
    }
    t.equal(binsOf(rows), binsOf(whole.rows))
  }
  t.equal(make({ removeMean: true }).stream.room()?.length, make().stream.room()?.length)
})

t.test('samples that are read ahead give the same rows, whatever is left of a block', async t => {
  const size = 65536
  const numbers = randomNumbers(2 * size * 40, 'samples')
  for (const [hop, removeMean, lengths] of [
    [size, false, [1, 4 * size, size - 1, 3, 4 * size, 4 * size, 0.5 * size, 4 * size, 4 * size, 7]],
    [size * 0.3, false, [0.5 * size, 4 * size, 4 * size, 4 * size, 0.2 * size, 4 * size]],
    [size, true, [1, 4 * size, 4 * size, size - 1, 4 * size]],
  ] as const) {
    const samples = bytes(numbers.subarray(0, 2 * lengths.reduce((sum, length) => sum + Math.floor(length), 0)))
    const whole = make({ size, hop: Math.round(hop), removeMean })
    whole.stream.push({}, samples)
    const { stream, rows } = make({ size, hop: Math.round(hop), removeMean })
    let at = 0
    let rooms: readonly [Uint8Array, Uint8Array] | undefined
    for (const [index, length] of lengths.entries()) {
      const end = at + Math.floor(length) * 8
      // The first packet lies elsewhere.
      if (index === 0) stream.push({}, samples.subarray(at, end))
      else {
        rooms ??= stream.rooms()
        const [room, other] = [rooms?.[index % 2], rooms?.[1 - (index % 2)]]
        if (!room || !other) throw new Error('no rooms')
        t.ok(room.length >= end - at)
        room.set(samples.subarray(at, end))
        // The next samples arrive while these are worked on.
        other.fill(255)
        stream.push({}, room.subarray(0, end - at))
      }
      at = end
    }
    t.ok(rows.length >= 10)
    t.ok(binsOf(rows) === binsOf(whole.rows))
    t.equal(stream.untransformed, whole.stream.untransformed)
  }
  t.equal(make({ size: 24, hop: 24 }).stream.rooms(), undefined, 'not every transform has them')
})

t.test('samples that come otherwise leave the two rooms to what is being read there', t => {
  const size = 65536
  const samples = bytes(randomNumbers(2 * size * 13, 'samples'))
  for (const [hop, removeMean] of [
    [size, false],
    [20_000, false],
    [size, true],
  ] as const) {
    const whole = make({ size, hop, removeMean })
    whole.stream.push({}, samples)
    const { stream, rows } = make({ size, hop, removeMean })
    const rooms = stream.rooms()
    if (!rooms) throw new Error('no rooms')
    const [first, second] = rooms
    // As when a file ended within a sample for a while: what is read is put together with what came before.
    for (const [from, to] of [
      [0, 3 * size + 5],
      [3 * size + 5, 7 * size - 1],
      [7 * size - 1, 7 * size],
    ] as const) {
      for (const room of rooms) room.fill(7)
      stream.push({}, samples.subarray(from * 8, to * 8))
      t.ok(
        rooms.every(room => Buffer.alloc(room.length, 7).equals(room)),
        `hop ${hop}`,
      )
    }
    for (const [room, from] of [
      [second, 7 * size],
      [first, 10 * size],
    ] as const) {
      const data = samples.subarray(from * 8, (from + 3 * size) * 8)
      room.set(data)
      stream.push({}, room.subarray(0, data.length))
    }
    t.ok(binsOf(rows) === binsOf(whole.rows))
    t.equal(stream.untransformed, whole.stream.untransformed)
  }
  t.end()
})

t.test('a packet longer than all room is taken piece by piece', async t => {
  const { stream, rows, room } = make({ size: 4096, hop: 4096 })
  const blocks = room * 3 + 1
  stream.push({ name: 'long' }, new Uint8Array(blocks * 4096 * 8 + 8))
  t.equal(rows.length, blocks)
  t.equal(rows.at(-1)?.offset, (blocks - 1) * 4096)
  t.equal(stream.untransformed, 1)
})

t.test('a row tells the packets of its first and last sample', async t => {
  const { stream, rows } = make({ hop: 8 })
  for (const seq of [0, 1, 2, 3]) stream.push({ seq }, new Uint8Array(12 * 8))
  t.same(
    rows.map(({ from, offset, last }) => [from['seq'], offset, last['seq']]),
    [
      [0, 0, 1],
      [0, 8, 1],
      [1, 4, 2],
      [2, 0, 3],
      [2, 8, 3],
    ],
  )
})

t.test('what was in no block is counted once, also with overlap', async t => {
  const { stream } = make({ hop: 4 })
  stream.push({}, new Uint8Array(15 * 8))
  t.equal(stream.untransformed, 15)
  stream.push({}, new Uint8Array(1 * 8))
  t.equal(stream.untransformed, 0)
  stream.push({}, new Uint8Array(3 * 8))
  t.equal(stream.untransformed, 3)
  t.equal(stream.missing, 1)
  stream.clear()
  t.equal(stream.untransformed, 0)
})

t.test('zeros fill a block up', async t => {
  const { stream, rows } = make({ complex: false, size: 4, hop: 4 })
  stream.push({}, bytes(Float64Array.of(1, 1, 1, 1, 3)))
  t.equal(stream.missing, 3)
  stream.pad()
  t.equal(rows.length, 2)
  t.same(
    [...(rows[1]?.bins ?? [])].map(power => Math.round(power * 1e6) / 1e6),
    [9, 9, 9],
  )
})

t.test('the mean of each block is taken away, of both parts', async t => {
  const { stream, rows } = make({ removeMean: true, size: 16, hop: 4 })
  const samples = new Float64Array(64).map((_, at) => (at % 2 === 0 ? 5 : -3))
  samples[0] = 21
  stream.push({}, bytes(samples))
  // An impulse of 16 without its mean is flat but for the first bin.
  t.ok(rows[0]?.bins.every((power, k) => Math.abs(power - (k === 0 ? 0 : 256)) < 1e-3))
  t.ok(rows.slice(1).every(({ bins }) => bins.every(power => power < 1e-9)))
  t.equal(rows.length, 5)
})

t.test('a file that two threads read and transform gives the same rows, from the same packets', async t => {
  const size = 1024
  const blocks = 32 * 100 + 5
  const samples = bytes(randomNumbers(2 * size * blocks + 6, 'samples'))
  // Where nothing is finite, the whole piece is transformed again.
  new Float32Array(samples.buffer)[2 * size * 1000] = Number.NaN
  const path = join(t.testdir({ file: Buffer.from(samples) }), 'file')
  const whole = make({ size, hop: size })
  whole.stream.push({ seq: 0 }, samples)
  t.equal(make({ size, hop: size, threaded: true, removeMean: true }).stream.work(), undefined)
  t.equal(make({ size, hop: 512, threaded: true }).stream.work(), undefined)
  const { stream, rows } = make({ size, hop: size, threaded: true })
  const given = stream.work()
  if (!given) throw new Error('no work')
  const words = new Int32Array(new SharedArrayBuffer(4))
  given.lend('Atomics.store(data.words, 0, 1)', { words })
  while (Atomics.load(words, 0) === 0) await setTimeout(1)
  // The thread is there, and soon free again.
  await setTimeout(50)
  let own = 0
  const work: PieceWork = {
    ...given,
    run(...job) {
      own++
      given.run(...job)
    },
  }
  const descriptor = openSync(path, 'r')
  let seq = 0
  let done = 0
  for (const piece of piecesOf(descriptor, work)) {
    if (piece.buffer === work.done.buffer) done += piece.length
    stream.push({ seq: seq++ }, piece.subarray(0, piece.length - (piece.length % 8)))
    await setTimeout(1)
  }
  closeSync(descriptor)
  t.ok(own > 0 && own < 100, `${own} of 100 pieces`)
  t.ok(done > 0.9 * samples.length)
  t.ok(binsOf(rows) === binsOf(whole.rows))
  t.equal(stream.untransformed, whole.stream.untransformed)
  t.same(new Set(rows.map(({ from }) => from['seq'])).size, seq, 'each packet has its rows')
  t.ok(rows.every(({ from, last, offset }) => from['seq'] === last['seq'] && offset % size === 0))
})
