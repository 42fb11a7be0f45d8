// The NULL handshake.

import t from 'tap'
import { command, errorCommand } from '../../src/zmtp/command.ts'
import { encodeProperties } from '../../src/zmtp/metadata.ts'
import { NULL } from '../../src/zmtp/null.ts'

const OWN = { 'Socket-Type': Buffer.from('PUB') }

t.test('each side says READY with its properties', async t => {
  const [one, other] = [NULL.handshake(OWN), NULL.handshake({ 'Socket-Type': Buffer.from('SUB') })]
  const said = one.begin()
  t.equal(said?.name, 'READY')
  t.equal(other.peer, undefined)
  t.equal(said && other.receive(said), undefined)
  t.same(other.peer, { 'socket-type': Buffer.from('PUB') })
  t.equal(one.peer, undefined, 'has heard nothing yet')
  t.equal(one.seal, undefined)
})

t.test('anything else is refused', async t => {
  const cases: readonly (readonly [ReturnType<typeof command>, RegExp])[] = [
    [command('HELLO'), /HELLO in the NULL handshake, expected READY/],
    [errorCommand('go away'), /the peer refused: go away/],
    [command('READY', encodeProperties(OWN).subarray(1)), /metadata/],
  ]
  for (const [received, words] of cases) {
    t.throws(() => NULL.handshake(OWN).receive(received), { message: words })
  }
})
