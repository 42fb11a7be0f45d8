// Blocks of a regular file: fresh ones that may be kept, or the same memory again and again.

import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import { blocksOf } from '../../src/carrier/blocks.ts'

const LENGTH = 600_000
const folder = t.testdir({ data: Buffer.alloc(LENGTH, 'some bytes ') })

async function read(options: Omit<Parameters<typeof blocksOf>[1], 'stop'>) {
  const descriptor = openSync(join(folder, 'data'), 'r')
  const buffers = new Set<ArrayBufferLike>()
  let text = ''
  try {
    for await (const block of blocksOf(descriptor, { stop: new AbortController().signal, ...options })) {
      buffers.add(block.buffer)
      text += Buffer.from(block).toString('latin1')
    }
  } finally {
    closeSync(descriptor)
  }
  return { text, buffers }
}

t.test('the same bytes, in fresh memory, in the same, in what is offered', async t => {
  const whole = Buffer.alloc(LENGTH, 'some bytes ').toString('latin1')
  const fresh = await read({})
  t.ok(fresh.text === whole)
  t.equal(fresh.buffers.size, 3)
  const same = await read({ transient: {} })
  t.ok(same.text === whole)
  t.equal(same.buffers.size, 1)
  const own = new Uint8Array(1000)
  let offered = 0
  const mixed = await read({ transient: { places: () => ({ room: () => (offered++ % 2 === 0 ? own : undefined) }) } })
  t.ok(mixed.text === whole)
  t.equal(mixed.buffers.size, 2)
  t.ok(mixed.buffers.has(own.buffer))
})

t.test('where there are two places, what comes next is read while the one before is worked on', async t => {
  const whole = Buffer.alloc(LENGTH, 'some bytes ').toString('latin1')
  for (const length of [1000, 77_777, 2 * LENGTH]) {
    const rooms = [new Uint8Array(length), new Uint8Array(length)] as const
    let asked = 0
    const ahead = await read({ transient: { places: () => ({ rooms: () => (asked++ > 0 ? rooms : undefined) }) } })
    t.ok(ahead.text === whole, `${length}`)
    t.equal(asked, 2)
  }
})

t.test('nobody reads the descriptor any more when it is given up, and a failure is told', async t => {
  const rooms = [new Uint8Array(100_000), new Uint8Array(100_000)] as const
  const stop = new AbortController()
  const from = () =>
    blocksOf(openSync(join(folder, 'data'), 'r'), {
      stop: stop.signal,
      transient: { places: () => ({ rooms: () => rooms }) },
    })
  rooms[1].fill(0)
  for await (const block of from()) {
    t.equal(block.buffer, rooms[0].buffer)
    break
  }
  t.equal(rooms[1].at(-1), Buffer.alloc(LENGTH, 'some bytes ')[199_999], 'what was being read is there')
  const descriptor = openSync(folder, 'r')
  await t.rejects(async () => {
    for await (const _ of blocksOf(descriptor, {
      stop: stop.signal,
      transient: { places: () => ({ rooms: () => rooms }) },
    }));
  }, /EISDIR/)
  closeSync(descriptor)
})

t.test('a failure of what is read ahead is told after the block before it', async t => {
  const rooms = [new Uint8Array(1000), new Uint8Array(1000)] as const
  const descriptor = openSync(join(folder, 'data'), 'r')
  const blocks = blocksOf(descriptor, {
    stop: new AbortController().signal,
    transient: { places: () => ({ rooms: () => rooms }) },
  })
  t.match(await blocks.next(), { done: false })
  closeSync(descriptor)
  // Long enough for a failure that nobody looks after to be one of the whole process.
  t.match(await blocks.next(), { done: false })
  await setTimeout(20)
  await t.rejects(blocks.next(), /EBADF/)
})

t.test(
  'work on pieces is asked for behind a whole block only: a part of an element may be kept of another',
  async t => {
    let asked = 0
    const work = () => {
      asked++
      return undefined
    }
    await read({ transient: { places: () => ({ work }) } })
    t.equal(asked, 2, 'behind the first and the second of three blocks')
  },
)
