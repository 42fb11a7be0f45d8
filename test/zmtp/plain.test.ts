// The PLAIN handshake: who is let in, and every step out of order.

import t from 'tap'
import { command, errorCommand } from '../../src/zmtp/command.ts'
import type { Mechanism } from '../../src/zmtp/mechanism.ts'
import { encodeProperties } from '../../src/zmtp/metadata.ts'
import { plainClient, plainServer } from '../../src/zmtp/plain.ts'
import { joined } from '../support/zmtp.ts'

const ALLOWED = [
  { user: 'ann', password: 'one' },
  { user: 'böb', password: '' },
]

const meet = (client: Mechanism, server: Mechanism = plainServer(ALLOWED)) =>
  joined({ type: 'SUB', mechanism: client }, { type: 'PUB', mechanism: server })

t.test('whoever gives one of the pairs is let in', async t => {
  for (const credentials of ALLOWED) {
    const { left, right } = meet(plainClient(credentials))
    t.equal(left.ready?.type, 'PUB')
    t.equal(right.ready?.type, 'SUB')
    t.equal(right.ready?.mechanism, 'PLAIN')
  }
})

t.test('nobody else: the client is told why, as libzmq would', async t => {
  for (const [user, password] of [
    ['ann', 'two'],
    ['ann', ''],
    ['böb', 'one'],
    ['', ''],
    ['anno', 'ne'],
  ]) {
    const { left, right } = meet(plainClient({ user: user ?? '', password: password ?? '' }))
    const nothing = new Uint8Array(0)
    t.match(right.push(nothing).failure?.message, /a peer of PUB: a wrong user or password/)
    t.match(left.push(nothing).failure?.message, /the peer refused: 400: not authenticated/)
    t.equal(left.ready, undefined)
    t.equal(right.ready, undefined)
  }
})

t.test('two clients or two servers get nowhere', async t => {
  const { left } = meet(plainClient({ user: 'a', password: 'b' }), plainClient({ user: 'a', password: 'b' }))
  t.match(left.push(new Uint8Array(0)).failure?.message, /HELLO in the PLAIN handshake, expected WELCOME/)
  const servers = meet(plainServer(ALLOWED))
  t.equal(servers.left.ready, undefined)
})

t.test('the commands are those of the specification', async t => {
  const own = { 'Socket-Type': Buffer.from('SUB') }
  const client = plainClient({ user: 'ann', password: 'one' }).handshake(own)
  t.same(client.begin(), command('HELLO', Buffer.from('\x03ann\x03one')))
  t.same(client.receive(command('WELCOME')), command('INITIATE', encodeProperties(own)))
  t.equal(client.peer, undefined)
  t.equal(client.receive(command('READY', encodeProperties(own))), undefined)
  t.same(client.peer, { 'socket-type': Buffer.from('SUB') })
})

t.test('steps out of order and hostile bodies are refused', async t => {
  const server = () => plainServer(ALLOWED).handshake({})
  const client = () => plainClient({ user: 'a', password: 'b' }).handshake({})
  t.throws(() => server().receive(command('INITIATE')), { message: /INITIATE in the PLAIN handshake, expected HELLO/ })
  t.throws(() => server().receive(command('HELLO', Buffer.from('\xffann'))), { message: /wrong user or password/ })
  t.throws(() => server().receive(command('HELLO')), { message: /wrong user or password/ })
  t.throws(() => client().receive(command('READY')), { message: /expected WELCOME/ })
  t.throws(() => client().receive(errorCommand('300')), { message: /300: try again later/ })
  t.throws(() => plainClient({ user: 'x'.repeat(256), password: '' }), { name: 'UsageError', message: /255 bytes/ })
})
