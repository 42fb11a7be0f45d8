// What a server of CURVE refuses: clients not listed, forged vouches, replays, anything damaged, anything cut.

import { randomBytes } from 'node:crypto'
import t from 'tap'
import { curveClient } from '../../src/zmtp/curve-client.ts'
import { generateKeys } from '../../src/zmtp/curve-keys.ts'
import { Refused } from '../../src/zmtp/mechanism.ts'
import { encodeZ85 } from '../../src/zmtp/z85.ts'
import { CLIENT, cut, damaged, ends, property, SERVER, said, shake } from '../support/curve.ts'

async function client(keys = generateKeys()) {
  return (await curveClient({ keys, serverKey: SERVER.publicKey })).handshake(property('SUB'))
}

t.test('only the listed are let in; the others are told the code that libzmq knows', async t => {
  const keys = generateKeys()
  const { server } = await ends()
  const stranger = await client(keys)
  const initiate = said(stranger.receive(said(server.receive(said(stranger.begin())))))
  try {
    server.receive(initiate)
    t.fail('it was let in')
  } catch (error) {
    t.ok(error instanceof Refused)
    const reason = `a client that is not allowed, with the public key ${encodeZ85(keys.publicKey)}`
    t.match(error, { name: 'DataError', reason, told: '400', byPeer: false })
  }
  t.equal(server.peer, undefined)
})

t.test('any client is let in where that is said', async t => {
  const { server } = await ends({ allowed: 'any' })
  shake(await client(), server)
  t.ok(server.peer)
})

t.test('a key that is listed cannot be claimed without its secret', async t => {
  const thief = await client({ publicKey: CLIENT.publicKey, secretKey: generateKeys().secretKey })
  const { server } = await ends()
  const initiate = said(thief.receive(said(server.receive(said(thief.begin())))))
  t.throws(() => server.receive(initiate), {
    name: 'DataError',
    reason: 'an INITIATE whose vouch is not for this connection',
  })
})

t.test('a recorded handshake cannot be replayed', async t => {
  const recorded = await ends()
  const { hello, initiate } = shake(recorded.client, recorded.server)
  const { server } = await ends()
  server.receive(hello)
  t.throws(() => server.receive(initiate), {
    name: 'DataError',
    reason: 'an INITIATE whose cookie is not of this connection',
  })
})

t.test('a cookie works once', async t => {
  const { client, server } = await ends()
  const initiate = said(client.receive(said(server.receive(said(client.begin())))))
  t.throws(() => server.receive(damaged(initiate, 150)), { name: 'DataError', reason: /INITIATE that is damaged/ })
  t.throws(() => server.receive(initiate), {
    name: 'DataError',
    reason: 'an INITIATE whose cookie is not of this connection',
  })
})

t.test('a HELLO with any byte changed, or cut, is refused with its reason', async t => {
  const { client } = await ends()
  const hello = said(client.begin())
  for (const at of hello.body.keys()) {
    const { server } = await ends()
    t.throws(() => server.receive(cut(hello, at)), {
      name: 'DataError',
      reason: `a HELLO of ${at} bytes: expected 194`,
    })
    t.throws(() => server.receive(damaged(hello, at)), { name: 'DataError', reason: reasonOf(at) })
  }
  function reasonOf(at: number): string {
    if (at < 74) return 'a HELLO that is not of CurveZMQ 1.0'
    return at === 113 ? 'nonce 0 again: expected more than 0' : "a HELLO that is not for this server's key"
  }
})

t.test('an INITIATE with any byte changed, or cut, is refused with its reason', async t => {
  const length = (await ends().then(({ client, server }) => shake(client, server))).initiate.body.length
  for (let at = 0; at < length; at++) {
    const { client, server } = await ends()
    const initiate = said(client.receive(said(server.receive(said(client.begin())))))
    const reason = at < 96 ? /whose cookie is not of this connection/ : /damaged or not of this connection/
    t.throws(() => server.receive(damaged(initiate, at)), { name: 'DataError', reason })
    const other = await ends()
    const good = said(other.client.receive(said(other.server.receive(said(other.client.begin())))))
    t.throws(() => other.server.receive(cut(good, at)), {
      name: 'DataError',
      reason: at < 248 ? `an INITIATE of ${at} bytes: expected at least 248` : /damaged or not of this connection/,
    })
  }
})

t.test('a public key of small order is refused', async t => {
  const { client, server } = await ends()
  const hello = said(client.begin())
  const body = Buffer.concat([hello.body.subarray(0, 74), new Uint8Array(32), hello.body.subarray(106)])
  t.throws(() => server.receive({ name: 'HELLO', body }), { name: 'DataError', reason: /public key that nobody/ })
})

t.test('metadata that is none is refused, though it came sealed', async t => {
  const mechanism = await curveClient({ keys: CLIENT, serverKey: SERVER.publicKey })
  const odd = mechanism.handshake({ '': randomBytes(3) })
  const { server } = await ends()
  const initiate = said(odd.receive(said(server.receive(said(odd.begin())))))
  t.throws(() => server.receive(initiate), { name: 'DataError', reason: /property without a name/ })
  t.equal(server.peer, undefined)
})
