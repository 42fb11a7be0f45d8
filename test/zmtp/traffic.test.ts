// What comes after the handshake: subscriptions, signs of life, sealed frames, what is dropped.

import t from 'tap'
import { command, commandFrameBody } from '../../src/zmtp/command.ts'
import { commandFrame } from '../../src/zmtp/frame.ts'
import { greetingBytes } from '../../src/zmtp/greeting.ts'
import { encodeProperties } from '../../src/zmtp/metadata.ts'
import { NULL } from '../../src/zmtp/null.ts'
import { cuttings } from '../support/chunking.ts'
import { joined, receiveAll, session, TURNED } from '../support/zmtp.ts'

const text = (value: string) => Buffer.from(value)
const NULL_GREETING = greetingBytes(NULL)

function readyFrame(type: string): Buffer {
  return commandFrame(command('READY', encodeProperties({ 'Socket-Type': text(type) })))
}

function frame(flags: number, body: Uint8Array): Buffer {
  return Buffer.concat([Uint8Array.of(flags, body.length), body])
}

t.test('subscriptions are commands for a peer of 3.1, messages for one of 3.0, and taken as both', async t => {
  const { left: pub, right: sub } = joined({ type: 'PUB' }, { type: 'SUB' })
  const frames = [...sub.subscribe(text('a')), ...sub.cancel(text('a')), ...sub.subscribe(text(''))]
  t.equal(Buffer.concat(frames).toString('latin1'), '\x04\x0b\x09SUBSCRIBEa\x04\x08\x06CANCELa\x04\x0a\x09SUBSCRIBE')
  t.same(receiveAll(pub, frames).subscriptions, ['+61', '-61', '+'])

  const greeting = Buffer.from(NULL_GREETING)
  greeting[11] = 0
  const old = session({ type: 'SUB' })
  old.push(Buffer.concat([greeting, readyFrame('PUB')]))
  const messages = [...old.subscribe(text('a')), ...old.cancel(text('')), ...old.ping(1000, text(''))]
  t.equal(Buffer.concat(messages).toString('latin1'), '\x00\x02\x01a\x00\x01\x00')
  t.same(receiveAll(pub, messages).subscriptions, ['+61', '-'])
})

t.test('a PING is answered with its context, its time to live is kept', async t => {
  const { left, right } = joined({ type: 'PUB' }, { type: 'SUB' })
  const asked = left.ping(30_000, text('sixteen bytes ok'))
  const { reply } = right.push(Buffer.concat(asked))
  t.equal(right.timeToLive, 30_000)
  t.same(left.push(Buffer.concat(reply)).pongs, [text('sixteen bytes ok')])
  t.equal(left.timeToLive, 0)
  right.push(Buffer.concat(left.ping(0, text(''))))
  t.equal(right.timeToLive, 0)
  t.same([...(left.ping(1e9, text(''))[0] ?? [])].slice(7), [255, 255])
  for (const length of [0, 1]) {
    const { right } = joined({ type: 'PUB' }, { type: 'SUB' })
    t.match(right.push(commandFrame(command('PING', Buffer.alloc(length)))).failure?.reason, /a PING of/)
  }
  const many = left.push(Buffer.concat(Array.from({ length: 1000 }, () => asked).flat()))
  t.equal(many.reply.length, 1)
  t.equal(many.reply[0]?.length, 1000 * 23)
  const long = left.push(commandFrame(command('PING', text('  a context, too long'))))
  t.match(long.reply[0]?.toString(), /PONGa context, too l$/, 'cut to 16, as libzmq does')
})

t.test('a command may come between the parts of a message', async t => {
  const { right } = joined({ type: 'PUSH' }, { type: 'PULL' })
  const ping = commandFrame(command('PING', Uint8Array.of(0, 0, 1)))
  const { messages, reply } = right.push(Buffer.concat([frame(1, text('a')), ping, frame(0, text('b'))]))
  t.same(messages, [[text('a'), text('b')]])
  t.equal(Buffer.concat(reply).toString('latin1'), '\x04\x06\x04PONG\x01')
})

t.test('what a reader has no reason to send is dropped and counted', async t => {
  for (const type of ['PUB', 'PUSH'] as const) {
    const { left } = joined({ type }, { type: type === 'PUB' ? 'SUB' : 'PULL' })
    const sent = [frame(0, text('hello')), frame(1, text('\x01a')), frame(0, text('b')), frame(4, text('\x04JOINx'))]
    const { messages, subscriptions } = receiveAll(left, sent)
    t.same([messages, subscriptions], [[], []])
    t.equal(left.ignored, 3)
    const { failure } = left.push(Uint8Array.of(2, 0, 0, 0, 0, 0, 1, 0, 1))
    t.match(failure?.reason, /65537 bytes, expected at most 65536/)
  }
  const { left: xpub } = joined({ type: 'XPUB' }, { type: 'SUB' })
  t.same(receiveAll(xpub, [frame(0, text('hello'))]).messages, [['68656c6c6f']])
})

t.test('sealed traffic: every frame is a MESSAGE, in every cut', async t => {
  const ends = [
    { type: 'PUB', mechanism: TURNED },
    { type: 'SUB', mechanism: TURNED },
  ] as const
  const { left: pub, right: sub } = joined(...ends)
  const wanted = [...sub.subscribe(text('a')), ...sub.cancel(text('b')), ...sub.ping(0, text('c'))]
  const asked = receiveAll(pub, wanted)
  t.same(asked.subscriptions, ['+61', '-62'])
  t.equal(Buffer.concat(wanted).includes('SUBSCRIBE'), false)
  t.same(sub.push(Buffer.from(asked.reply, 'hex')).pongs, [text('c')])

  const large = Buffer.alloc(70_000, 1)
  const stream = Buffer.concat([...pub.encode([[text('m'), large], [text('')]])])
  t.equal(stream.subarray(0, 10).toString('latin1'), '\x00\x0b\x07MESSAGE')
  for (const { name, chunks } of cuttings(stream.subarray(-20), { random: 5 })) {
    t.same(receiveAll(joined(...ends).right, [stream.subarray(0, -20), ...chunks]).messages.length, 2, name)
  }
  const { right } = joined(...ends)
  t.same(receiveAll(right, [stream]).messages, [['6d', large.toString('hex')], ['']])
  const asCommand = Buffer.from(stream.subarray(-12))
  asCommand[0] = 4
  t.same(receiveAll(right, [asCommand]).messages, [['']], 'the flags of the specification')
})

t.test('sealed traffic: nothing is taken in the clear, no limit is passed under a seal', async t => {
  const ends = [
    { type: 'PUSH', mechanism: TURNED },
    { type: 'PULL', mechanism: TURNED, maxMessage: 1000 },
  ] as const
  const seal = TURNED.handshake({}).seal ?? (() => text(''))
  const sealed = (flags: number, body: Uint8Array) => commandFrame({ name: 'MESSAGE', body: seal(flags, body) })
  const cases: readonly (readonly [Uint8Array, RegExp])[] = [
    [frame(0, text('hello')), /without a name/],
    [commandFrame(command('PING', text('  '))), /PING in the clear, expected a sealed MESSAGE/],
    [commandFrame(command('MESSAGE', text('abc'))), /a seal that is broken/],
    [sealed(0, Buffer.alloc(1001)), /of 1001 bytes, expected at most 1000$/],
    [Buffer.concat([sealed(1, Buffer.alloc(600)), sealed(0, Buffer.alloc(401))]), /401 bytes, expected at most 400$/],
    [sealed(3, commandFrameBody(command('PING', text('  ')))), /sealed frame with the flags 3/],
    [sealed(4, text('')), /the flags 4/],
  ]
  for (const [bytes, words] of cases) {
    const { right } = joined(...ends)
    t.match(right.push(bytes).failure?.message, words)
    t.same(right.farewell(), [])
  }
  const { right } = joined(...ends)
  t.equal(right.push(Buffer.concat([sealed(1, Buffer.alloc(600)), sealed(0, Buffer.alloc(400))])).messages.length, 1)
  t.equal(right.push(sealed(0, Buffer.alloc(1000))).failure, undefined)
  t.match(right.push(Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0xff, 0xff)).failure?.message, /a part of 65535 bytes/)
})
