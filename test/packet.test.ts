import t from 'tap'
import { gapOf, gapPacket, NO_DATA, packet } from '../src/packet.ts'

t.test('a packet without data has empty data, never none', async t => {
  t.equal(packet({ a: 1 }).data, NO_DATA)
  t.equal(NO_DATA.length, 0)
  const data = Uint8Array.of(1, 2)
  t.equal(packet({}, data).data, data)
})

t.test('a gap record is read back as it was made', async t => {
  const whole = { lost: 3, reason: 'overflow', stage: 'queue', from: 7, to: 9 }
  t.same(gapOf(gapPacket(whole).meta), whole)
  const short = { lost: 1, reason: 'late', stage: 'network' }
  t.same(gapOf(gapPacket(short).meta), short)
  t.same(gapPacket(short).data, NO_DATA)
})

t.test('a gap record does not change when its description does', async t => {
  const gap = { lost: 1, reason: 'overflow', stage: 'queue' }
  const record = gapPacket(gap)
  gap.lost = 2
  t.equal(gapOf(record.meta)?.lost, 1)
})

t.test('what is no gap record is not taken for one', async t => {
  for (const meta of [{}, { gap: null }, { gap: 3 }, { gap: {} }, { gap: { lost: '3' } }, { gap: [] }, { lost: 3 }])
    t.equal(gapOf(meta), undefined, JSON.stringify(meta))
})

t.test('a gap record of another program may lack names and have odd ones', async t => {
  t.same(gapOf({ gap: { lost: 2 } }), { lost: 2, reason: 'unknown', stage: 'unknown' })
  t.same(gapOf({ gap: { lost: 2, reason: 5, stage: 's', from: 'x', to: 4 } }), {
    lost: 2,
    reason: 'unknown',
    stage: 's',
    to: 4,
  })
})
