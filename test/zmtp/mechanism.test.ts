// What a refusal says to this side and to the peer.

import t from 'tap'
import { DataError } from '../../src/errors.ts'
import { Refused } from '../../src/zmtp/mechanism.ts'

t.test('a refusal is a fault of data, told to the peer unless it says too much', async t => {
  const refused = new Refused('a wrong password')
  t.ok(refused instanceof DataError)
  t.equal(refused.told, 'a wrong password')
  t.equal(refused.byPeer, false)
  const other = new Refused('user x: a wrong password', { told: '400', byPeer: true, source: '1.2.3.4:5' })
  t.equal(other.told, '400')
  t.equal(other.byPeer, true)
  t.equal(other.message, '1.2.3.4:5: user x: a wrong password')
})
