// What a client of CURVE refuses: another server, anything damaged, anything cut.

import t from 'tap'
import { curveClient } from '../../src/zmtp/curve-client.ts'
import { generateKeys } from '../../src/zmtp/curve-keys.ts'
import { curveServer } from '../../src/zmtp/curve-server.ts'
import { CLIENT, cut, damaged, ends, SERVER, said } from '../support/curve.ts'

t.test('the server must have the key that was given', async t => {
  const other = generateKeys()
  const { client } = await ends()
  const impostor = (await curveServer({ keys: other, allowed: 'any' })).handshake({})
  t.throws(() => impostor.receive(said(client.begin())), {
    name: 'DataError',
    reason: "a HELLO that is not for this server's key",
  })

  const mistaken = (await curveClient({ keys: CLIENT, serverKey: other.publicKey })).handshake({})
  const { client: right, server } = await ends()
  mistaken.begin()
  t.throws(() => mistaken.receive(said(server.receive(said(right.begin())))), {
    name: 'DataError',
    reason: 'a WELCOME that is not of the server whose key was given',
  })
  await t.rejects(curveClient({ keys: CLIENT, serverKey: new Uint8Array(32) }), {
    name: 'DataError',
    reason: /public key that nobody/,
  })
})

t.test('a WELCOME with any byte changed, or cut, is refused with its reason', async t => {
  for (let at = 0; at < 160; at++) {
    const { client, server } = await ends()
    const welcome = said(server.receive(said(client.begin())))
    t.throws(() => client.receive(damaged(welcome, at)), {
      name: 'DataError',
      reason: 'a WELCOME that is not of the server whose key was given',
    })
    t.throws(() => client.receive(cut(welcome, at)), {
      name: 'DataError',
      reason: `a WELCOME of ${at} bytes: expected 160`,
    })
  }
})

t.test('a READY with any byte changed, or cut, is refused with its reason', async t => {
  const { length } = (await answered()).ready.body
  for (let at = 0; at < length; at++) {
    const damagedReason = 'a READY that is damaged or not of this connection'
    const one = await answered()
    const reason = at === 7 ? 'nonce 0 again: expected more than 0' : damagedReason
    t.throws(() => one.client.receive(damaged(one.ready, at)), { name: 'DataError', reason })
    t.equal(one.client.peer, undefined)
    const two = await answered()
    const short = at < 24 ? `a READY of ${at} bytes: expected at least 24` : damagedReason
    t.throws(() => two.client.receive(cut(two.ready, at)), { name: 'DataError', reason: short })
  }
})

t.test('the READY of another connection is refused', async t => {
  const [{ client }, { ready }] = [await answered(), await answered()]
  t.throws(() => client.receive(ready), {
    name: 'DataError',
    reason: 'a READY that is damaged or not of this connection',
  })
})

t.test('no error holds a key', async t => {
  const { client, server } = await ends()
  const welcome = said(server.receive(said(client.begin())))
  try {
    client.receive(damaged(welcome, 20))
    t.fail('it was taken')
  } catch (error) {
    const text = JSON.stringify(error) + String(error)
    for (const { secretKey } of [CLIENT, SERVER]) t.notOk(text.includes(Buffer.from(secretKey).toString('hex')))
    t.notMatch(text, /[0-9a-f]{16}/)
  }
})

/** A client that waits for READY, and the server's. */
async function answered() {
  const { client, server } = await ends()
  const initiate = said(client.receive(said(server.receive(said(client.begin())))))
  return { client, ready: said(server.receive(initiate)) }
}
