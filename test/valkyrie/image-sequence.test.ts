import t from 'tap'
import { gapPacket, type Packet, packet } from '../../src/packet.ts'
import { imageSequence } from '../../src/valkyrie/image-sequence.ts'

const reject = () => {
  throw new Error('rejected')
}
const metas = (packets: readonly Packet[]) => packets.map(({ meta }) => meta)

t.test('start, images and end have the names and numbers of the recommendation', async t => {
  let time = 13402532354.25
  const stage = imageSequence({ reject, now: () => time++ })
  const image = Buffer.alloc(24)
  const packets = [
    ...stage.push([packet({ dtype: 'uint32', shape: [2, 3], exposure: 0.1 }, image)]),
    ...stage.push([packet({ MAXIV_VALKYRIE_DTYPE: 'uint8', MAXIV_VALKYRIE_SHAPE: [24] }, image), packet({})]),
    ...(stage.end?.() ?? []),
  ]
  t.same(metas(packets), [
    {
      MAXIV_VALKYRIE_PACKET_TYPE: 'MAXIV_VALKYRIE_START_OF_SEQUENCE',
      MAXIV_VALKYRIE_PACKET_ENQUEUED_TIME: 13402532354.25,
      MAXIV_VALKYRIE_PACKET_SEQUENCE_NUMBER: 1,
    },
    {
      dtype: 'uint32',
      shape: [2, 3],
      exposure: 0.1,
      MAXIV_VALKYRIE_PACKET_TYPE: 'MAXIV_VALKYRIE_FRAME',
      MAXIV_VALKYRIE_PACKET_ENQUEUED_TIME: 13402532355.25,
      MAXIV_VALKYRIE_PACKET_SEQUENCE_NUMBER: 2,
      MAXIV_VALKYRIE_IMAGE_SEQUENCE_NUMBER: 1,
      MAXIV_VALKYRIE_DATA_LENGTH: 24,
      MAXIV_VALKYRIE_DTYPE: 'uint32',
      MAXIV_VALKYRIE_SHAPE: [2, 3],
    },
    {
      MAXIV_VALKYRIE_DTYPE: 'uint8',
      MAXIV_VALKYRIE_SHAPE: [24],
      MAXIV_VALKYRIE_PACKET_TYPE: 'MAXIV_VALKYRIE_FRAME',
      MAXIV_VALKYRIE_PACKET_ENQUEUED_TIME: 13402532356.25,
      MAXIV_VALKYRIE_PACKET_SEQUENCE_NUMBER: 3,
      MAXIV_VALKYRIE_IMAGE_SEQUENCE_NUMBER: 2,
      MAXIV_VALKYRIE_DATA_LENGTH: 24,
    },
    {
      MAXIV_VALKYRIE_PACKET_TYPE: 'MAXIV_VALKYRIE_FRAME',
      MAXIV_VALKYRIE_PACKET_ENQUEUED_TIME: 13402532357.25,
      MAXIV_VALKYRIE_PACKET_SEQUENCE_NUMBER: 4,
      MAXIV_VALKYRIE_IMAGE_SEQUENCE_NUMBER: 3,
      MAXIV_VALKYRIE_DATA_LENGTH: 0,
    },
    {
      MAXIV_VALKYRIE_PACKET_TYPE: 'MAXIV_VALKYRIE_END_OF_SEQUENCE',
      MAXIV_VALKYRIE_PACKET_ENQUEUED_TIME: 13402532358.25,
      MAXIV_VALKYRIE_PACKET_SEQUENCE_NUMBER: 5,
    },
  ])
  t.equal(packets[1]?.data, image)
})

t.test('a sequence of nothing begins and ends', async t => {
  t.match(metas(imageSequence({ reject }).end?.() ?? []), [
    { MAXIV_VALKYRIE_PACKET_TYPE: /START/, MAXIV_VALKYRIE_PACKET_SEQUENCE_NUMBER: 1 },
    { MAXIV_VALKYRIE_PACKET_TYPE: /END/, MAXIV_VALKYRIE_PACKET_SEQUENCE_NUMBER: 2 },
  ])
})

t.test('a gap record is no image', async t => {
  const gap = gapPacket({ lost: 2, reason: 'overflow', stage: 'x' })
  const stage = imageSequence({ reject })
  const [, first, second] = stage.push([gap, packet({ a: 1 })])
  t.equal(first, gap)
  t.match(second?.meta, { MAXIV_VALKYRIE_IMAGE_SEQUENCE_NUMBER: 1, MAXIV_VALKYRIE_PACKET_SEQUENCE_NUMBER: 2 })
})

t.test('the clock is the time in seconds', async t => {
  const [start] = imageSequence({ reject }).push([])
  t.ok(Math.abs(Number(start?.meta['MAXIV_VALKYRIE_PACKET_ENQUEUED_TIME']) - Date.now() / 1000) < 5)
})
