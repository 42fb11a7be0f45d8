// Sessions of libzmq 4.3.4, recorded by fixtures/zmtp/capture.py: replayed in every cut, and compared with what we say.

import { readFileSync } from 'node:fs'
import t from 'tap'
import type { SocketType } from '../../src/zmtp/message.ts'
import { NULL } from '../../src/zmtp/null.ts'
import { plainClient, plainServer } from '../../src/zmtp/plain.ts'
import { cuttings } from '../support/chunking.ts'
import { receiveAll, session } from '../support/zmtp.ts'

const ANN = { user: 'ann', password: 'secret' }
const CLIENTS = { null: NULL, plain: plainClient(ANN) } as const
const SERVERS = { null: NULL, plain: plainServer([ANN]) } as const
const MECHANISMS = ['null', 'plain'] as const

const read = (name: string) => readFileSync(new URL(`../../fixtures/zmtp/${name}`, import.meta.url))
const MESSAGES: readonly (readonly string[])[] = JSON.parse(read('messages.json').toString())
const hex = (text: string) => Buffer.from(text, 'latin1').toString('hex')
const count = (bytes: Buffer, text: string) => bytes.toString('latin1').split(text).length - 1

const READERS: readonly { readonly type: SocketType; readonly capture: string }[] = [
  { type: 'SUB', capture: 'pubsub-null.pub.bin' },
  { type: 'SUB', capture: 'pubsub-plain.pub.bin' },
  { type: 'PULL', capture: 'pushpull-null.push.bin' },
  { type: 'PULL', capture: 'pushpull-plain.push.bin' },
]

t.test('what a writer of libzmq sent is read in every cut', async t => {
  for (const { type, capture } of READERS) {
    const bytes = read(capture)
    const mechanism = capture.includes('plain') ? CLIENTS.plain : CLIENTS.null
    const whole = receiveAll(session({ type, mechanism }), [bytes])
    t.equal(whole.failure, undefined, capture)
    const [first = ''] = MESSAGES[0] ?? []
    t.ok(first.length > 0)
    t.same(
      whole.messages,
      MESSAGES.map(parts => parts.map(hex)),
      capture,
    )
    const pings = count(bytes, '\x04PING')
    t.ok(pings > 0)
    t.equal(count(Buffer.from(whole.reply, 'hex'), '\x04PONG'), pings, 'a PONG for each PING')
    t.equal(whole.pongs.length, count(bytes, '\x04PONG'))
    for (const { name, chunks } of cuttings(bytes)) {
      t.strictSame(receiveAll(session({ type, mechanism }), chunks), whole, `${capture} ${name}`)
    }
  }
})

t.test('what a reader of libzmq wants is read in every cut', async t => {
  for (const mechanism of MECHANISMS) {
    const wanted = ['+{', '+end', '+never', '+{', '-never'].map(text => `${text[0]}${hex(text.slice(1))}`)
    const cases = [
      { type: 'PUB', capture: `pubsub-${mechanism}.sub.bin`, wanted },
      { type: 'PUSH', capture: `pushpull-${mechanism}.pull.bin`, wanted: [] },
    ] as const
    for (const { type, capture, wanted } of cases) {
      const bytes = read(capture)
      const made = session({ type, mechanism: SERVERS[mechanism] })
      const whole = receiveAll(made, [bytes])
      t.equal(whole.failure, undefined, capture)
      t.same(whole.subscriptions, wanted, capture)
      t.same(whole.messages, [])
      t.equal(made.timeToLive, 30_000)
      t.equal(made.ignored, 0)
      for (const { name, chunks } of cuttings(bytes)) {
        t.strictSame(receiveAll(session({ type, mechanism: SERVERS[mechanism] }), chunks), whole, `${capture} ${name}`)
      }
    }
  }
})

/** What no peer looks at: the padding of the signature, and who is the server, which libzmq never tells. */
function masked(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  copy.fill(0, 1, 9)
  copy[32] = 0
  return copy
}

t.test('a reader of ours says what one of libzmq says, to the byte', async t => {
  for (const mechanism of MECHANISMS) {
    const sub = session({ type: 'SUB', mechanism: CLIENTS[mechanism] })
    const { reply } = receiveAll(sub, [read(`pubsub-${mechanism}.pub.bin`)])
    const handshake = Buffer.concat([...sub.start(), Buffer.from(reply, 'hex')])
    const prefixes = ['{', 'end', 'never', '{'].map(text => Buffer.from(text))
    const wants = [...prefixes.flatMap(prefix => sub.subscribe(prefix)), ...sub.cancel(Buffer.from('never'))]
    const ready = handshake.subarray(0, handshake.indexOf('\x04\x05\x04PONG'))
    const said = Buffer.concat([ready, ...wants, ...sub.ping(30_000, new Uint8Array(0))])
    const theirs = read(`pubsub-${mechanism}.sub.bin`)
    t.same(masked(said), masked(theirs.subarray(0, said.length)), mechanism)
  }
})

t.test('a writer of ours says what one of libzmq says, to the byte', async t => {
  for (const mechanism of MECHANISMS) {
    const push = session({ type: 'PUSH', mechanism: SERVERS[mechanism] })
    const { reply } = receiveAll(push, [read(`pushpull-${mechanism}.pull.bin`)])
    const handshake = Buffer.concat([...push.start(), Buffer.from(reply, 'hex')])
    const ready = handshake.subarray(0, handshake.indexOf('\x04\x05\x04PONG'))
    const messages = MESSAGES.map(parts => parts.map(part => Buffer.from(part)))
    const said = Buffer.concat([ready, ...push.encode(messages)])
    const theirs = read(`pushpull-${mechanism}.push.bin`)
    t.same(masked(said), masked(theirs.subarray(0, said.length)), mechanism)
  }
})
