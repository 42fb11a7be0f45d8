// Whole sessions over CURVE: every cut of the stream, both roles on both sides, and who is refused how.

import fc from 'fast-check'
import t, { type Test } from 'tap'
import { curveClient } from '../../src/zmtp/curve-client.ts'
import { generateKeys } from '../../src/zmtp/curve-keys.ts'
import { curveServer } from '../../src/zmtp/curve-server.ts'
import type { Session } from '../../src/zmtp/session.ts'
import { ALLOWED, CLIENT, SERVER } from '../support/curve.ts'
import { joined, session } from '../support/zmtp.ts'

const client = await curveClient({ keys: CLIENT, serverKey: SERVER.publicKey })
const server = await curveServer({ keys: SERVER, allowed: ALLOWED })

/** Both sides talk until neither has more to say; `cut` cuts what each says. */
function talk(left: Session, right: Session, cut: (bytes: Buffer) => readonly Uint8Array[]) {
  let [toRight, toLeft] = [left.start(), right.start()]
  while (toRight.length + toLeft.length > 0) {
    const [forRight, forLeft] = [toRight, toLeft].map(chunks => cut(Buffer.concat(chunks)))
    toLeft = (forRight ?? []).flatMap(bytes => right.push(bytes).reply)
    toRight = (forLeft ?? []).flatMap(bytes => left.push(bytes).reply)
  }
}

const byByte = (bytes: Buffer) => [...bytes].map(byte => Uint8Array.of(byte))

const MESSAGES = [
  [Buffer.from('{"n":1}'), Buffer.alloc(300, 1)],
  [Buffer.alloc(0), Buffer.alloc(0)],
  [Buffer.from('{}'), Buffer.alloc(100_000, 2)],
  [Buffer.from('alone')],
]

function same(t: Test, found: readonly (readonly Uint8Array[])[], name: string) {
  const bytes = (messages: readonly (readonly Uint8Array[])[]) =>
    messages.map(parts => parts.map(part => Buffer.from(part).toString('latin1')))
  t.ok(JSON.stringify(bytes(found)) === JSON.stringify(bytes(MESSAGES)), name)
}

t.test('messages come through every cut of the stream', async t => {
  const cuts = (sizes: readonly number[]) => (bytes: Buffer) => {
    const chunks: Buffer[] = []
    for (let at = 0, turn = 0; at < bytes.length; turn++) {
      const size = sizes[turn % sizes.length] ?? 1
      chunks.push(bytes.subarray(at, at + size))
      at += size
    }
    return chunks
  }
  const through = (cut: (bytes: Buffer) => readonly Uint8Array[]) => {
    const [left, right] = [
      session({ type: 'PUSH', mechanism: client }),
      session({ type: 'PULL', mechanism: server }),
    ] as const
    talk(left, right, cut)
    return cut(Buffer.concat(left.encode(MESSAGES))).flatMap(bytes => right.push(bytes).messages)
  }
  same(
    t,
    through(bytes => [bytes]),
    'whole',
  )
  same(t, through(byByte), 'byte by byte')
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 20 }), sizes => {
      same(t, through(cuts(sizes)), `cuts of ${sizes}`)
    }),
    { numRuns: 50 },
  )
})

t.test('either end may be the server of the keys', async t => {
  for (const [left, right] of [
    [
      { type: 'PUB', mechanism: server },
      { type: 'SUB', mechanism: client },
    ],
    [
      { type: 'PUB', mechanism: client },
      { type: 'SUB', mechanism: server },
    ],
  ] as const) {
    const ends = joined(left, right)
    t.match(ends.left.ready, { type: 'SUB', mechanism: 'CURVE' })
    t.match(ends.right.ready, { type: 'PUB', mechanism: 'CURVE' })
    const wanted = ends.right.subscribe(Buffer.from('t')).flatMap(bytes => ends.left.push(bytes).subscriptions)
    t.same(wanted, [{ subscribe: true, prefix: Buffer.from('t') }])
    same(
      t,
      Array.from(ends.left.encode(MESSAGES)).flatMap(bytes => ends.right.push(bytes).messages),
      left.mechanism.name,
    )
    const ping = ends.right.ping(100, Buffer.from('ctx')).flatMap(bytes => ends.left.push(bytes).reply)
    t.same(
      ping.flatMap(bytes => ends.right.push(bytes).pongs),
      [Buffer.from('ctx')],
    )
    const traffic = Buffer.concat([...ends.left.encode(MESSAGES), ...ends.right.subscribe(Buffer.from('topic'))])
    t.notOk(traffic.includes('{"n":1}') || traffic.includes('SUBSCRIBE') || traffic.includes('topic'))
  }
})

const failures = (left: Session, right: Session) => [left, right].map(end => end.push(Buffer.alloc(0)).failure?.message)

t.test('a client that is not listed is refused on both sides with words', async t => {
  const stranger = await curveClient({ keys: generateKeys(), serverKey: SERVER.publicKey })
  const ends = joined({ type: 'PUB', mechanism: server }, { type: 'SUB', mechanism: stranger })
  const [onServer, onClient] = failures(ends.left, ends.right)
  t.match(onServer, /^a peer of PUB: a client that is not allowed, with the public key .{40}$/)
  t.equal(onClient, 'a peer of SUB: the peer refused: 400: not authenticated')
  t.same([ends.left.ready, ends.right.ready], [undefined, undefined])
})

t.test('a client with the key of another server is refused on both sides with words', async t => {
  const lost = await curveClient({ keys: CLIENT, serverKey: generateKeys().publicKey })
  const ends = joined({ type: 'PUB', mechanism: server }, { type: 'SUB', mechanism: lost })
  t.same(failures(ends.left, ends.right), [
    "a peer of PUB: a HELLO that is not for this server's key",
    "a peer of SUB: the peer refused: a HELLO that is not for this server's key",
  ])
})

t.test('two clients and two servers do not go together, nor does a peer without keys', async t => {
  const clients = joined({ type: 'PUB', mechanism: client }, { type: 'SUB', mechanism: client })
  t.match(failures(clients.left, clients.right).join(), /HELLO out of turn: expected WELCOME/)
  const servers = joined({ type: 'PUB', mechanism: server }, { type: 'SUB', mechanism: server })
  t.match(failures(servers.left, servers.right).join(), /both ends are servers of CURVE/)
  const clear = joined({ type: 'PUB', mechanism: server }, { type: 'SUB' })
  t.match(failures(clear.left, clear.right).join(), /the peer has the mechanism "NULL", expected CURVE/)
})

t.test('a client of CURVE sends no ERROR, as the specification asks', async t => {
  const clients = joined({ type: 'PUB', mechanism: client }, { type: 'SUB', mechanism: client })
  t.notOk(Buffer.concat([...clients.said.left, ...clients.said.right]).includes('ERROR'))
})

t.test(
  'after the handshake nothing is taken in the clear, nothing twice, nothing damaged, and no word is lost on it',
  async t => {
    const stray = Buffer.from('\x00\x05hello')
    const cases: readonly (readonly [(sealed: Buffer) => readonly Buffer[], RegExp])[] = [
      [() => [stray], /in the clear, expected a sealed MESSAGE|without a name/],
      [sealed => [sealed, sealed], /nonce 3 again: expected more than 3/],
      [
        sealed => [Buffer.concat([sealed.subarray(0, -1), Uint8Array.of((sealed.at(-1) ?? 0) ^ 1)])],
        /damaged or not of this connection/,
      ],
    ]
    for (const [send, reason] of cases) {
      const { left, right } = joined({ type: 'PUSH', mechanism: client }, { type: 'PULL', mechanism: server })
      const sealed = Buffer.concat(left.encode([[Buffer.from('once')]]))
      const received = send(sealed).map(bytes => right.push(bytes))
      t.match(received.at(-1)?.failure?.reason, reason)
      t.same(right.farewell(), [])
    }
  },
)

t.test('a message that is too long is refused before it is opened', async t => {
  const { left, right } = joined(
    { type: 'PUSH', mechanism: client },
    { type: 'PULL', mechanism: server, maxMessage: 1000 },
  )
  const chunks = left.encode([[Buffer.alloc(500), Buffer.alloc(501)]])
  const all = chunks.map(bytes => right.push(bytes))
  t.match(all.at(-1)?.failure?.reason, /expected at most/)
  t.same(
    all.flatMap(({ messages }) => messages),
    [],
  )
})
