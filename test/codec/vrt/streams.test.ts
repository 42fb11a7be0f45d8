// As many streams as there is room for: one more is rejected by name, and those that are known go on.

import t from 'tap'
import { MOST_STREAMS, Streams } from '../../../src/codec/vrt/streams.ts'
import { packet } from '../../../src/packet.ts'
import type { Reject } from '../../../src/stream/reject.ts'
import { bytesOfHex, decode, encode, sized } from '../../support/vrt.ts'

const hexOf = (stream: number) => stream.toString(16).padStart(8, '0')
const everyStream = Array.from({ length: MOST_STREAMS }, (_, stream) => stream)

t.test('what is known stays known when there is room for no other', async t => {
  const streams = new Streams()
  for (const stream of everyStream) streams.add(stream)
  t.equal(streams.refusal(0), undefined)
  t.equal(streams.refusal(MOST_STREAMS), `stream 0x${hexOf(MOST_STREAMS)}, expected at most ${MOST_STREAMS} of them`)
  t.equal(streams.refusal(undefined), `no stream, expected at most ${MOST_STREAMS} of them`)
})

t.test('decoding: packets of one stream too many are rejected whole, data and context', async t => {
  const frequency = '88000000 00092080 88000000'
  const bytes = bytesOfHex(
    ...everyStream.map(stream => sized('1000', hexOf(stream), '00010002')),
    sized('1000', hexOf(MOST_STREAMS), '00010002'),
    sized('4000', hexOf(MOST_STREAMS), frequency),
    sized('4000', hexOf(7), frequency),
    sized('1001', hexOf(7), '00010002'),
  )
  const { packets, rejects } = decode([bytes])
  t.equal(packets.length, MOST_STREAMS + 2)
  t.match(packets.at(-1)?.meta, { stream_id: '0x00000007', center_frequency: 2.45e9 })
  const offset = MOST_STREAMS * 12
  t.match(rejects, [
    { reason: 'too many streams', offset },
    { reason: 'too many streams', offset: offset + 12 },
  ])
  t.equal(rejects.length, 2)
})

t.test('encoding: what is of one stream too many is rejected', async t => {
  const data = Uint8Array.of(0, 1, 0, 2)
  const samples = (stream: number) => packet({ dtype: 'ci16_be', stream_id: `0x${hexOf(stream)}` }, data)
  const rejects: Reject[] = []
  const bytes = encode([...everyStream.map(samples), samples(MOST_STREAMS), samples(7)], reject => rejects.push(reject))
  const detail = `too many streams: stream 0x${hexOf(MOST_STREAMS)}, expected at most ${MOST_STREAMS} of them`
  t.match(rejects, [{ reason: 'no VRT', detail }])
  t.equal(rejects.length, 1)
  t.equal(decode([bytes]).packets.filter(({ data }) => data.length > 0).length, MOST_STREAMS + 1)
})
