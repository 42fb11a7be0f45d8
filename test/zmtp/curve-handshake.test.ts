// A client and a server of CURVE: the sizes of the specification, the order, and what both learn.

import t from 'tap'
import type { Handshake } from '../../src/zmtp/mechanism.ts'
import { propertyOf } from '../../src/zmtp/metadata.ts'
import { ends, said, shake } from '../support/curve.ts'

const typeOf = ({ peer }: Handshake) => Buffer.from(propertyOf(peer ?? {}, 'Socket-Type') ?? []).toString()

t.test('four commands of the sizes that the specification gives', async t => {
  const { client, server } = await ends()
  const commands = shake(client, server)
  const sizes = Object.values(commands).map(({ name, body }) => [name, 1 + name.length + body.length])
  const metadata = 1 + 11 + 4 + 3
  t.same(sizes, [
    ['HELLO', 200],
    ['WELCOME', 168],
    ['INITIATE', 257 + metadata],
    ['READY', 30 + metadata],
  ])
  t.same([typeOf(client), typeOf(server)], ['PUB', 'SUB'])
  t.equal(server.begin(), undefined)
})

t.test('nobody knows the peer before the end', async t => {
  const { client, server } = await ends()
  t.same([client.peer, server.peer], [undefined, undefined])
  const initiate = said(client.receive(said(server.receive(said(client.begin())))))
  t.same([client.peer, server.peer], [undefined, undefined])
  client.receive(said(server.receive(initiate)))
  t.same([typeOf(client), typeOf(server)], ['PUB', 'SUB'])
})

t.test('nothing of the handshake is in the clear', async t => {
  const { client, server } = await ends()
  for (const { name, body } of Object.values(shake(client, server))) {
    t.notOk(Buffer.from(body).includes('Socket-Type'), name)
  }
})

t.test('no two handshakes have a command in common', async t => {
  const [one, two] = [await ends(), await ends()]
  const [first, second] = [shake(one.client, one.server), shake(two.client, two.server)]
  for (const name of ['hello', 'welcome', 'initiate', 'ready'] as const) {
    t.notOk(Buffer.from(first[name].body).equals(second[name].body), name)
  }
})

t.test('a command out of turn is refused by name', async t => {
  const done = await ends()
  const { hello, welcome, initiate, ready } = shake(done.client, done.server)
  const fresh = await ends()
  const cases: readonly (readonly [Handshake, typeof hello, string])[] = [
    [fresh.server, welcome, 'WELCOME out of turn: expected HELLO'],
    [fresh.server, initiate, 'INITIATE out of turn: expected HELLO'],
    [fresh.client, ready, 'READY out of turn: expected WELCOME'],
    [fresh.client, hello, 'HELLO out of turn: expected WELCOME'],
    [done.server, hello, 'HELLO out of turn: expected MESSAGE'],
    [done.server, initiate, 'INITIATE out of turn: expected MESSAGE'],
    [done.client, ready, 'READY out of turn: expected MESSAGE'],
  ]
  for (const [end, command, reason] of cases) t.throws(() => end.receive(command), { name: 'DataError', reason })
  t.throws(() => fresh.server.open?.(new Uint8Array(40)), {
    name: 'DataError',
    reason: 'MESSAGE out of turn: expected HELLO',
  })
  t.throws(() => fresh.client.seal?.(0, new Uint8Array(4)), /before the handshake is done/)
})

t.test('ERROR is the peer refusing', async t => {
  for (const end of Object.values(await ends())) {
    const error = { name: 'ERROR', body: Buffer.from('\x03400') }
    t.throws(() => end.receive(error), {
      name: 'DataError',
      reason: 'the peer refused: 400: not authenticated',
      byPeer: true,
    })
  }
})
