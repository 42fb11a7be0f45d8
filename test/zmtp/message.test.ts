// Which sockets talk to which.

import t from 'tap'
import { isPublisher, partnersOf, type SocketType } from '../../src/zmtp/message.ts'

const TYPES: readonly SocketType[] = ['PUB', 'SUB', 'XPUB', 'XSUB', 'PUSH', 'PULL']

t.test('who may talk to whom is the same seen from both sides', async t => {
  for (const one of TYPES) {
    for (const other of TYPES) {
      t.equal(partnersOf(one).includes(other), partnersOf(other).includes(one), `${one} and ${other}`)
    }
  }
  t.same(partnersOf('PUB'), ['SUB', 'XSUB'])
  t.same(partnersOf('PULL'), ['PUSH'])
})

t.test('PUB and XPUB have subscribers', async t => {
  t.same(TYPES.filter(isPublisher), ['PUB', 'XPUB'])
})
