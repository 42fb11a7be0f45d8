// Pieces of a file that two threads work on: in order, each once, whole; what is no good, or the end, is left as it is.

import { once } from 'node:events'
import { closeSync, ftruncateSync, openSync, readSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { piecesOf } from '../../src/carrier/pieces.ts'
import type { PieceWork } from '../../src/stream/piece-work.ts'

const BYTES = 64
const PLACES = 4
const WHOLE = BYTES * PLACES
/** A piece with this among its bytes has no good results. */
const BAD = 0
const folder = t.testdir()

/** The results of a piece are its bytes with all bits turned round: done here and in the other thread alike. */
const RUN = `(_base, room, result, hop, count) => {
  const bytes = new Uint8Array(buffer, room, hop * count)
  if (bytes.includes(${BAD})) sums.fill(Number.NaN)
  new Uint8Array(buffer, result, hop * count).set(bytes.map(byte => 255 - byte))
}`
type Run = PieceWork['run']
const runFor: (buffer: SharedArrayBuffer, sums: Float32Array) => Run = new Function(
  'buffer',
  'sums',
  `return ${RUN}`,
) as never

/** Says when it is there, and when each program has ended. */
const OTHER = `
const { parentPort } = require('node:worker_threads')
parentPort.on('message', ({ program, data, buffer }) => {
  const { sums } = data
  const run = ${RUN}
  new Function('require', 'run', 'data', program)(require, run, data)
  parentPort.postMessage('ended')
})
parentPort.postMessage('there')`

interface Other {
  readonly thread: Worker
  lent: number
  ended: number
}

interface Setting {
  /** Before each piece of the own thread: it gives the other one time. */
  readonly slow?: () => void
  readonly other?: Other
}

function workFor({ slow = () => {}, other }: Setting) {
  const buffer = new SharedArrayBuffer(4 * WHOLE + 64)
  const sideAt = (at: number) => ({
    base: 0,
    room: new Uint8Array(buffer, 2 * WHOLE + at * BYTES, BYTES),
    sums: new Float32Array(buffer, 4 * WHOLE + at * 16, 4),
  })
  const sides = [sideAt(0), sideAt(1)] as const
  const run = runFor(buffer, sides[0].sums)
  const done = new Uint8Array(buffer, 3 * WHOLE, WHOLE)
  const work: PieceWork = {
    bytes: BYTES,
    blocks: 2,
    results: WHOLE,
    resultBytes: BYTES,
    places: PLACES,
    done,
    sides,
    run(...job) {
      slow()
      run(...job)
    },
    lend(program, data) {
      if (!other) return
      other.lent++
      other.thread.postMessage({ program, data, buffer })
    },
  }
  /** The bytes of the file that stand behind those which were handed on, and whether they were done. */
  const read = (bytes: Uint8Array) => {
    if (bytes.byteOffset < done.byteOffset) return { isDone: false, bytes: Buffer.from(bytes) }
    const results = new Uint8Array(buffer, WHOLE + bytes.byteOffset - done.byteOffset, bytes.length)
    return { isDone: true, bytes: Buffer.from(results.map(byte => 255 - byte)) }
  }
  return { work, read }
}

function fileOf(name: string, contents: Uint8Array) {
  writeFileSync(join(folder, name), contents)
  return openSync(join(folder, name), 'r+')
}

const contentsOf = (length: number, bad: readonly number[] = []) => {
  const contents = Buffer.from(Array.from({ length }, (_, at) => 1 + ((at * 7919) % 251)))
  for (const at of bad) if (at < length) contents[at] = BAD
  return contents
}

async function otherThread(t: Test): Promise<Other> {
  const thread = new Worker(OTHER, { eval: true })
  t.teardown(() => thread.terminate())
  const other = { thread, lent: 0, ended: 0 }
  await once(thread, 'message')
  thread.on('message', () => other.ended++)
  return other
}

/** Every program comes to its end. */
async function allEnd(t: Test, other: Other): Promise<void> {
  while (other.ended < other.lent) await once(other.thread, 'message')
  t.ok(other.lent > 0)
}

const sleep = () => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
const rest = (descriptor: number) => readSync(descriptor, Buffer.alloc(100), 0, 100, null)

t.test('all bytes come in order, whoever reads them', async t => {
  const other = await otherThread(t)
  const lengths = fc.oneof(
    fc.integer({ min: 0, max: 20 * BYTES }),
    fc.nat(20).map(pieces => pieces * BYTES),
  )
  const settings = fc.constantFrom<Setting>({}, { other }, { other, slow: sleep })
  const bad = fc.array(fc.nat(20 * BYTES), { maxLength: 4 })
  let done = 0
  fc.assert(
    fc.property(lengths, bad, fc.nat(100), settings, (length, bad, skipped, setting) => {
      const contents = contentsOf(length, bad)
      const descriptor = fileOf('whole', contents)
      readSync(descriptor, Buffer.alloc(skipped), 0, skipped, null)
      const { work, read } = workFor(setting)
      const parts: Buffer[] = []
      for (const piece of piecesOf(descriptor, work)) {
        const { bytes, isDone } = read(piece)
        if (isDone && (bytes.includes(BAD) || bytes.length % BYTES > 0)) throw new Error('no good results')
        if (!isDone && bytes.length === BYTES && !bytes.includes(BAD)) throw new Error('left without a reason')
        done += isDone ? 1 : 0
        parts.push(bytes)
      }
      const isAtEnd = rest(descriptor) === 0
      closeSync(descriptor)
      return isAtEnd && Buffer.concat(parts).equals(contents.subarray(Math.min(skipped, length)))
    }),
    { numRuns: 200 },
  )
  t.ok(done > 100)
  await allEnd(t, other)
})

t.test('both threads take pieces', async t => {
  const descriptor = fileOf('long', contentsOf(1000 * BYTES))
  let own = 0
  const slow = () => {
    own++
    sleep()
  }
  const other = await otherThread(t)
  const { work } = workFor({ other, slow })
  for (const _ of piecesOf(descriptor, work));
  closeSync(descriptor)
  await allEnd(t, other)
  t.ok(own > 0 && own < 1000, `${own} of 1000`)
})

t.test(
  'whoever stops in between finds the descriptor behind what he has had, and the other thread at its end',
  async t => {
    const contents = contentsOf(100 * BYTES, [40 * BYTES])
    const other = await otherThread(t)
    for (const setting of [{}, { other, slow: sleep }, { other }, { other }, { other }]) {
      const descriptor = fileOf('stopped', contents)
      const { work, read } = workFor(setting)
      let had = 0
      for (const piece of piecesOf(descriptor, work)) {
        had += read(piece).bytes.length
        if (had > 10 * BYTES) break
      }
      const next = Buffer.alloc(10)
      readSync(descriptor, next, 0, 10, null)
      t.same(next, contents.subarray(had, had + 10))
      closeSync(descriptor)
    }
    await allEnd(t, other)
  },
)

t.test('a file that becomes shorter meanwhile ends early', async t => {
  const contents = contentsOf(100 * BYTES)
  const other = await otherThread(t)
  const descriptor = fileOf('cut', contents)
  const { work, read } = workFor({ other, slow: sleep })
  const parts: Buffer[] = []
  for (const piece of piecesOf(descriptor, work)) {
    parts.push(read(piece).bytes)
    if (parts.length === 2) ftruncateSync(descriptor, 30 * BYTES + 5)
  }
  t.ok(Buffer.concat(parts).equals(contents.subarray(0, 30 * BYTES + 5)))
  t.equal(rest(descriptor), 0)
  closeSync(descriptor)
  await allEnd(t, other)
})

t.test('what stands nowhere is left to others, and what cannot be read', async t => {
  const closed = fileOf('closed', contentsOf(10))
  closeSync(closed)
  t.same([...piecesOf(closed, workFor({}).work)], [])
  const unread = openSync(folder, 'r')
  t.same([...piecesOf(unread, workFor({}).work)], [])
  t.throws(() => rest(unread), { code: 'EISDIR' })
  closeSync(unread)
})
