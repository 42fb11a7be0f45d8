// Frames out of a stream in every cut: what is a view, what is put together, how memory grows.

import t from 'tap'
import { encodeClear } from '../../src/zmtp/frame.ts'
import { FrameReader } from '../../src/zmtp/frame-reader.ts'
import { cuttings } from '../support/chunking.ts'

function reader(limit = 2 ** 24): FrameReader {
  const made = new FrameReader()
  made.messageLimit = limit
  made.commandLimit = 100
  return made
}

function* frames(from: FrameReader, chunks: readonly Uint8Array[]) {
  for (const chunk of chunks) {
    from.feed(Buffer.from(chunk))
    while (from.next()) yield { flags: from.flags, body: from.body }
  }
}

const PARTS = [0, 1, 2, 254, 255, 256, 257, 3000].map(length => Buffer.alloc(length, length))
const STREAM = Buffer.concat([...encodeClear([PARTS]), Buffer.from('04020141', 'hex')])

t.test('frames are the same in every cut', async t => {
  const expected = [...frames(reader(), [STREAM])]
  t.same(
    expected.map(({ body }) => body),
    [...PARTS, Buffer.from('\x01A')],
  )
  t.same(
    expected.map(({ flags }) => flags),
    [1, 1, 1, 1, 1, 1, 1, 0, 4],
  )
  for (const { name, chunks } of cuttings(STREAM)) t.strictSame([...frames(reader(), chunks)], expected, name)
})

t.test('a whole frame is a view of what was read', async t => {
  const whole = reader()
  whole.feed(STREAM)
  while (whole.next()) t.equal(whole.body.buffer, STREAM.buffer)
})

t.test('a short length may be written long', async t => {
  const [found] = frames(reader(), [Buffer.from('02000000000000000141', 'hex')])
  t.equal(found?.body.toString(), 'A')
})

t.test('the memory of a part doubles as it comes, until the peer has shown what it sends', async t => {
  const length = 10 * 2 ** 20
  const large = reader()
  const rooms = () => {
    const sizes: number[] = []
    large.feed(Buffer.concat([...encodeClear([[Buffer.alloc(length)]])]).subarray(0, 1009))
    t.notOk(large.next())
    for (let room = large.room(); room; room = large.room()) {
      if (room.length > 0) sizes.push(room.buffer.byteLength)
      large.filled(room.length)
      if (large.next()) t.equal(large.body.length, length)
    }
    return sizes
  }
  t.same(rooms(), [2 ** 20, 2 ** 21, 2 ** 22, 2 ** 23, length])
  t.same(rooms(), [length])
})

t.test('there is no room for small parts, nor between parts', async t => {
  const small = reader()
  t.equal(small.room(), undefined)
  small.feed(Buffer.concat([...encodeClear([[Buffer.alloc(65535)]])]).subarray(0, 100))
  t.notOk(small.next())
  t.equal(small.room(), undefined)
})

t.test('what was read is not kept when it is used up', async t => {
  for (const end of [STREAM.length, 1, 100, STREAM.length - 1]) {
    const done = reader()
    done.feed(STREAM.subarray(0, end))
    while (done.next()) t.ok(done.body)
    t.not(done.body.buffer, STREAM.buffer)
  }
})

t.test('limits hold for messages and commands apart', async t => {
  const limited = reader(5)
  limited.feed(Buffer.from('0006', 'hex'))
  t.throws(() => limited.next(), { message: /a part of 6 bytes, expected at most 5/ })
  limited.feed(Buffer.from('0465', 'hex'))
  t.throws(() => limited.next(), { message: /a command of 101 bytes, expected at most 100/ })
})
