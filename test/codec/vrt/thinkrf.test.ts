// Streams of ThinkRF's receivers: payloads and extension context.

import t from 'tap'
import { EXTENSION, readExtension, thinkRfPayload, writeExtension } from '../../../src/codec/vrt/thinkrf.ts'
import { WordReader } from '../../../src/codec/vrt/words.ts'
import { bytesOfHex, metasOf, packetsOf, STAMP } from '../../support/vrt.ts'

t.test('the payloads by their streams', async t => {
  const found = [3, 5, 6, 7].map(low => {
    const payload = thinkRfPayload(0x9000_0000 + low)
    return [payload?.name, payload?.layout.dtype, payload?.layout.fullScale, payload?.layout.isPlain]
  })
  t.same(found, [
    ['I14Q14', 'ci16_be', 8192, true],
    ['I14', 'ri16_be', 8192, true],
    ['I24', 'ri32_be', 8388608, true],
    ['PSD8', 'ri8', undefined, true],
  ])
  t.equal(thinkRfPayload(EXTENSION), undefined)
})

t.test('samples of 24 bits keep their sign', async t => {
  const [packet] = packetsOf(bytesOfHex(`14600007 90000006 ${STAMP} ff800034 00000000`))
  t.equal(new DataView(Uint8Array.from(packet?.data ?? []).buffer).getInt32(0), -8388556)
})

t.test('extension context: two identifiers in the order of their bits, a flag without a word', async t => {
  for (const hex of ['8000000b 00000007 0000002a', '00000001 0000002a', '00000002 00000007', '80000008']) {
    const bytes = bytesOfHex(hex)
    const context = readExtension(new WordReader(bytes, 0, bytes.length))
    t.equal(context && writeExtension(context).toString('hex'), hex.replaceAll(' ', ''))
  }
  const [both] = metasOf(bytesOfHex(`50600008 90000004 ${STAMP} 8000000b 00000007 0000002a`))
  t.same(both?.['context'], { changed: true, iq_swapped: true, stream_start: 7, sweep_start: 42 })
})

t.test('an extension nobody knows stays as it is', async t => {
  for (const stream of ['90000004', '12345678']) {
    const [meta] = metasOf(bytesOfHex(`50600008 ${stream} ${STAMP} 00000010 00000007 0000002a`))
    t.same(meta?.['context'], { hex: '00000010000000070000002a' })
  }
})
