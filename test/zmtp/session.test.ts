// Sessions without sockets: handshakes, traffic in every cut, what they refuse, what they answer.

import t from 'tap'
import { command, commandFrameBody } from '../../src/zmtp/command.ts'
import { commandFrame, encodeClear } from '../../src/zmtp/frame.ts'
import { greetingBytes } from '../../src/zmtp/greeting.ts'
import type { Message, SocketType } from '../../src/zmtp/message.ts'
import { encodeProperties } from '../../src/zmtp/metadata.ts'
import { NULL } from '../../src/zmtp/null.ts'
import { cuttings } from '../support/chunking.ts'
import { joined, receiveAll, session } from '../support/zmtp.ts'

const text = (value: string) => Buffer.from(value)
const NULL_GREETING = greetingBytes(NULL)

function readyFrame(type: string): Buffer {
  return commandFrame(command('READY', encodeProperties({ 'Socket-Type': text(type) })))
}

/** All that a peer of libzmq's version and the type sends before traffic. */
function opening(type: string): Buffer {
  return Buffer.concat([NULL_GREETING, readyFrame(type)])
}

function frame(flags: number, body: Uint8Array): Buffer {
  return Buffer.concat([Uint8Array.of(flags, body.length), body])
}

const MESSAGES: readonly Message[] = [
  [text('{"a":1}'), Buffer.alloc(100, 7)],
  [new Uint8Array(0)],
  [new Uint8Array(0), new Uint8Array(0), new Uint8Array(0)],
  [Buffer.alloc(255, 1), Buffer.alloc(256, 2)],
  [Buffer.alloc(70_000, 3), text('x')],
]

t.test('every pair of types that go together gets ready', async t => {
  const pairs: readonly (readonly [SocketType, SocketType])[] = [
    ['PUB', 'SUB'],
    ['XPUB', 'XSUB'],
    ['PUSH', 'PULL'],
  ]
  for (const [one, other] of pairs) {
    const { left, right } = joined({ type: one }, { type: other })
    t.equal(left.ready?.type, other)
    t.equal(right.ready?.type, one)
    t.same({ ...right.ready, properties: 0 }, { type: one, properties: 0, major: 3, minor: 1, mechanism: 'NULL' })
  }
})

t.test('types that do not go together are refused with an ERROR', async t => {
  const { left, right, said } = joined({ type: 'PUB' }, { type: 'PULL' })
  const { failure } = left.push(new Uint8Array(0))
  t.equal(failure?.message, 'a peer of PUB: a peer of the type "PULL", expected SUB or XSUB')
  t.equal(left.ready, undefined)
  t.equal(right.ready, undefined)
  t.match(Buffer.concat(said.left).toString('latin1'), /\x05ERROR.a peer of the type "PULL"/)
})

t.test('a peer that does not tell its type is taken as it is', async t => {
  const sub = session({ type: 'SUB' })
  sub.push(Buffer.concat([NULL_GREETING, commandFrame(command('READY'))]))
  t.equal(sub.ready?.type, undefined)
  t.ok(sub.ready)
})

t.test('messages arrive as they were sent, in every cut', async t => {
  const stream = Buffer.concat([opening('PUSH'), ...encodeClear(MESSAGES)])
  const expected = MESSAGES.map(parts => parts.map(part => Buffer.from(part).toString('hex')))
  const short = Buffer.concat([opening('PUSH'), ...encodeClear(MESSAGES.slice(0, 4))])
  for (const { name, chunks } of cuttings(short)) {
    const { messages, failure } = receiveAll(session({ type: 'PULL' }), chunks)
    t.equal(failure, undefined, name)
    t.same(messages, expected.slice(0, 4), name)
  }
  for (const { name, chunks } of cuttings(stream, { random: 8 })) {
    t.strictSame(receiveAll(session({ type: 'PULL' }), chunks).messages, expected, name)
  }
})

t.test('a large part is read into its own memory', async t => {
  const part = Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => i * 7))
  const pull = session({ type: 'PULL', maxMessage: 2 ** 22 })
  const stream = Buffer.concat([opening('PUSH'), ...encodeClear([[text('m'), part], [text('next')]])])
  let at = opening('PUSH').length + 100
  const messages: Message[] = [...pull.push(stream.subarray(0, at)).messages]
  const memories = new Set<ArrayBufferLike>()
  for (let room = pull.room(); room; room = pull.room()) {
    const length = Math.min(room.length, 60_000)
    room.set(stream.subarray(at, at + length))
    memories.add(room.buffer)
    at += length
    messages.push(...pull.filled(length).messages)
  }
  t.equal(messages.length, 1)
  t.ok(part.equals(messages[0]?.[1] ?? text('')))
  t.ok(memories.size <= 3, `${memories.size} memories of 1, 2 and 3 MB: it grows with what comes`)
  messages.push(...pull.push(stream.subarray(at)).messages)
  t.same(messages[1], [text('next')])
})

t.test('after a large part its peer is trusted with the memory of another at once', async t => {
  const pull = session({ type: 'PULL', maxMessage: 2 ** 23 })
  const part = Buffer.alloc(3 * 2 ** 20, 1)
  const again = Buffer.concat([...encodeClear([[part]])])
  for (const bytes of [opening('PUSH'), again.subarray(0, 1000), again.subarray(1000)]) pull.push(bytes)
  pull.push(again.subarray(0, 50))
  t.equal(pull.room()?.length, part.length - 41)
})

t.test('large parts are sent by reference, small ones joined', async t => {
  const { left } = joined({ type: 'PUSH' }, { type: 'PULL' })
  const chunks = left.encode(MESSAGES)
  t.equal(chunks.length, 3)
  t.equal(chunks[1], MESSAGES[4]?.[0])
})

t.test('what came before a fault is received, and the fault is the same in every cut', async t => {
  const stream = Buffer.concat([
    opening('PUSH'),
    ...encodeClear([[text('good')]]),
    Uint8Array.of(8, 1, 1),
    text('rest'),
  ])
  const expected = receiveAll(session({ type: 'PULL' }), [stream])
  t.same(expected.messages, [['676f6f64']])
  t.equal(expected.failure, 'a peer of PULL: a frame with the flags 0x8, expected 0 to 7')
  for (const { name, chunks } of cuttings(stream)) {
    t.strictSame(receiveAll(session({ type: 'PULL' }), chunks), expected, name)
  }
})

t.test('nothing is sent before the handshake is done', async t => {
  const pub = session({ type: 'PUB' })
  t.throws(() => pub.encode([]), { message: /handshake with the peer is not done/ })
  t.throws(() => pub.subscribe(text('')), { message: /not done/ })
  t.same(pub.ping(0, text('')), [])
})

t.test('what a peer sends is shown without what a terminal would obey', async t => {
  const orders = opening('\x1b[2J\x9b')
  t.match(session({ type: 'PUB' }).push(orders).failure?.reason, /type "\?\[2J\?\?", expected/)
  const greeting = greetingBytes({ name: 'NULL', asServer: false })
  greeting.write('\x1bc\x9b', 12, 'latin1')
  t.match(session({ type: 'PUB' }).push(greeting).failure?.reason, /mechanism "\?c\?L", expected NULL/)
})

t.test('hostile bytes are refused with words, before anything is allocated for them', async t => {
  const long = (length: bigint, flags = 2) => {
    const header = Buffer.alloc(9, flags)
    header.writeBigUInt64BE(length, 1)
    return header
  }
  const parts = (count: number) => Buffer.concat(Array.from({ length: count }, () => Uint8Array.of(1, 0)))
  const cases: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ['HTTP', text('GET / HTTP/1.1\r\n'), /no ZMTP: begins with "GET \/ HTTP/],
    ['an endless handshake', Buffer.concat([NULL_GREETING, long(65537n, 6)]), /a command of 65537 bytes/],
    ['messages first', Buffer.concat([NULL_GREETING, frame(0, text(''))]), /before the handshake was done/],
    ['another command', Buffer.concat([NULL_GREETING, commandFrame(command('HELLO'))]), /HELLO in the NULL handshake/],
    ['another mechanism', greetingBytes({ name: 'CURVE', asServer: true }), /mechanism "CURVE", expected NULL/],
    ['2^63', Buffer.concat([opening('PUSH'), long(2n ** 63n)]), /a part of 9223372036854775808 bytes/],
    ['2^64 - 1', Buffer.concat([opening('PUSH'), long(2n ** 64n - 1n)]), /expected at most 1048576/],
    ['1 MiB and 1', Buffer.concat([opening('PUSH'), long(2n ** 20n + 1n)]), /a part of 1048577 bytes/],
    ['too long in sum', Buffer.concat([opening('PUSH'), frame(1, text('a')), long(2n ** 20n)]), /at most 1048575 more/],
    ['1,025 parts', Buffer.concat([opening('PUSH'), parts(1025)]), /more than 1024 parts/],
    ['a command in parts', Buffer.concat([opening('PUSH'), Uint8Array.of(5, 0)]), /a command in several frames/],
    ['an endless command', Buffer.concat([opening('PUSH'), long(2n ** 40n, 6)]), /a command of 1099511627776 bytes/],
    ['no name', Buffer.concat([opening('PUSH'), Uint8Array.of(4, 0)]), /without a name/],
    ['an ERROR', Buffer.concat([opening('PUSH'), commandFrame(command('ERROR', text('\x03bye')))]), /refused: bye/],
  ]
  for (const [name, bytes, words] of cases) {
    const pull = session({ type: 'PULL' })
    const before = process.memoryUsage().arrayBuffers
    const { failure } = pull.push(bytes)
    t.match(failure?.message ?? '', words, name)
    t.match(failure?.message ?? '', /^a peer of PULL: /, name)
    t.ok(process.memoryUsage().arrayBuffers - before < 2 ** 20, name)
    t.equal(pull.room(), undefined, name)
    t.same(pull.push(opening('PUSH')), { ...pull.push(text('')), failure }, `${name}: for good`)
  }
})

t.test('of a length within the limit no more than 1 MiB is believed', async t => {
  const pull = session({ type: 'PULL', maxMessage: 2 ** 40 })
  const header = Buffer.alloc(9, 2)
  header.writeBigUInt64BE(2n ** 39n, 1)
  t.equal(pull.push(Buffer.concat([opening('PUSH'), header])).failure, undefined)
  t.equal(pull.room()?.length, 2 ** 20)
})

t.test('a farewell is said in a handshake alone', async t => {
  const bye = (bytes: Uint8Array) => {
    const pull = session({ type: 'PULL' })
    pull.push(bytes)
    return Buffer.concat(pull.farewell()).toString('latin1')
  }
  t.equal(bye(text('GET /')), '')
  t.match(bye(Buffer.concat([NULL_GREETING, commandFrame(command('HELLO'))])), /^\x04.\x05ERROR.HELLO in the NULL/)
  t.equal(bye(Buffer.concat([NULL_GREETING, commandFrame(command('ERROR', text('\x03400')))])), '')
  t.equal(bye(Buffer.concat([opening('PUSH'), Uint8Array.of(8, 0)])), '')
  t.equal(bye(opening('PUSH')), '')
})

t.test('a handshake of many commands ends at 64 KiB', async t => {
  const { left } = joined({ type: 'PULL' }, { type: 'PUSH' })
  t.ok(left.ready)
  const pull = session({ type: 'PULL', mechanism: { name: 'NULL', asServer: false, handshake: () => ENDLESS } })
  pull.push(NULL_GREETING)
  const once = frame(4, commandFrameBody(command('MORE', Buffer.alloc(200))))
  let failure = ''
  let count = 0
  for (; failure === '' && count < 1000; count++) failure = pull.push(once).failure?.message ?? ''
  t.match(failure, /a command of 205 bytes, expected at most/)
  t.equal(count, Math.floor(65536 / 205) + 1)
})

const ENDLESS = { begin: () => undefined, receive: () => undefined, peer: undefined }
