// MESSAGE commands of CURVE: there and back, and every way in which one is refused.

import t from 'tap'
import type { Handshake } from '../../src/zmtp/mechanism.ts'
import { ends, shake } from '../support/curve.ts'

async function connected() {
  const { client, server } = await ends()
  shake(client, server)
  return { client: traffic(client), server: traffic(server) }
}

function traffic(end: Handshake) {
  return {
    seal: (flags: number, part: Uint8Array) => Buffer.from(end.seal?.(flags, part) ?? []),
    open: (body: Uint8Array) => end.open?.(body),
  }
}

t.test('parts of any size, in both directions, with their flags', async t => {
  const { client, server } = await connected()
  for (const [from, to] of [
    [client, server],
    [server, client],
  ] as const) {
    for (const length of [0, 1, 100, 65536, 1 << 20]) {
      for (const flags of [0, 1, 2, 3]) {
        const part = Buffer.alloc(length, flags + 1)
        const sealed = from.seal(flags, part)
        t.equal(sealed.length, 8 + 16 + 1 + length)
        const opened = to.open(sealed)
        t.ok(opened?.flags === flags && part.equals(opened.body), `${length} bytes, flags ${flags}`)
      }
    }
  }
})

t.test('the same part is never sealed to the same bytes', async t => {
  const { client, server } = await connected()
  const part = Buffer.from('again')
  const sealed = [client, client, server, server].map(end => end.seal(0, part).subarray(8).toString('hex'))
  t.equal(new Set(sealed).size, 4)
})

t.test('a replayed or late MESSAGE is refused', async t => {
  const { client, server } = await connected()
  const [first, second] = [client.seal(0, Buffer.from('1')), client.seal(0, Buffer.from('2'))]
  t.same(server.open(first)?.body, Buffer.from('1'))
  t.throws(() => server.open(first), { name: 'DataError', reason: /^nonce 3 again: expected more than 3$/ })
  t.same(server.open(second)?.body, Buffer.from('2'))
  t.throws(() => server.open(first), { name: 'DataError', reason: /^nonce 3 again: expected more than 4$/ })
})

t.test('counting goes on where the handshake left it', async t => {
  const { client, server } = await connected()
  const [fromClient, fromServer] = [client.seal(0, Buffer.alloc(0)), server.seal(0, Buffer.alloc(0))]
  t.same([fromClient.readBigUInt64BE(0), fromServer.readBigUInt64BE(0)], [3n, 2n])
})

t.test('a MESSAGE sent back to who sealed it is refused', async t => {
  const { client } = await connected()
  t.throws(() => client.open(client.seal(0, Buffer.from('echo'))), {
    name: 'DataError',
    reason: /damaged or not of this connection/,
  })
})

t.test('a MESSAGE of another connection is refused', async t => {
  const [one, two] = [await connected(), await connected()]
  const sealed = one.client.seal(0, Buffer.from('stray'))
  t.throws(() => two.server.open(sealed), {
    name: 'DataError',
    reason: 'a MESSAGE that is damaged or not of this connection',
  })
})

t.test('a MESSAGE with any byte changed, or cut, is refused', async t => {
  for (let at = 0; at < 35; at++) {
    const [one, two] = [await connected(), await connected()]
    const sealed = one.client.seal(1, Buffer.from('ten bytes.'))
    sealed[at] = (sealed[at] ?? 0) ^ 4
    t.throws(
      () => one.server.open(sealed),
      { name: 'DataError', reason: /damaged or not of this connection/ },
      `byte ${at}`,
    )
    const whole = two.client.seal(1, Buffer.from('ten bytes.'))
    t.throws(() => two.server.open(whole.subarray(0, at)), {
      name: 'DataError',
      reason: at < 25 ? `a MESSAGE of ${at} bytes: expected at least 25` : /damaged or not of this connection/,
    })
  }
})

t.test('flags that nobody knows are refused', async t => {
  const { client, server } = await connected()
  t.throws(() => server.open(client.seal(4, Buffer.from('?'))), {
    name: 'DataError',
    reason: 'a MESSAGE with the flags 4: expected 0 to 3',
  })
})
