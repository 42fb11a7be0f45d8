// The state of an instrument in PyRF's recordings.

import t from 'tap'
import { readSpeca, writeSpeca } from '../../../src/codec/vrt/speca.ts'
import { bytesOfHex, encode, metasOf, packetsOf, plain, sized } from '../../support/vrt.ts'

const STATE = { mode: 'ZIF', center: 2450000000, device_settings: { attenuator: true } }

t.test('a packet without timestamp and indicators, padded with zeros', async t => {
  const body = writeSpeca(STATE)
  t.equal(body.length % 4, 0)
  const bytes = bytesOfHex(sized('5000', '5370eca0', body.toString('hex')))
  const [meta] = metasOf(bytes)
  t.same(meta, { stream_id: '0x5370eca0', context: { speca: STATE }, vrt: { type: 'extension-context', count: 0 } })
  t.equal(encode(plain(packetsOf(bytes))).toString('hex'), bytes.toString('hex'))
})

t.test('what is not deflated JSON is left as it is', async t => {
  t.equal(readSpeca(Buffer.from('deadbeef', 'hex')), undefined)
  const bytes = bytesOfHex('50000003 5370eca0 deadbeef')
  t.same(metasOf(bytes)[0]?.['context'], { hex: 'deadbeef' })
  t.equal(encode(plain(packetsOf(bytes))).toString('hex'), bytes.toString('hex'))
})

t.test('a bomb does not unfold', async t => {
  t.equal(readSpeca(writeSpeca('x'.repeat(2 ** 22))), undefined)
})
