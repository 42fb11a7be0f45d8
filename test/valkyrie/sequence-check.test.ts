import t from 'tap'
import { gapPacket, type Meta, packet } from '../../src/packet.ts'
import { StageCount } from '../../src/stream/ledger.ts'
import { imageSequence } from '../../src/valkyrie/image-sequence.ts'
import { sequenceCheck } from '../../src/valkyrie/sequence-check.ts'

const reject = () => {
  throw new Error('rejected')
}

function checking() {
  const count = new StageCount()
  const warnings: string[] = []
  const stage = sequenceCheck({ count, reject, warn: message => warnings.push(message) })
  return { count, warnings, push: (...metas: Meta[]) => stage.push(metas.map(meta => packet(meta))) }
}
const seqs = (...numbers: number[]) => numbers.map(seq => ({ seq }))

t.test('nothing is missing where the numbers count up, from wherever', async t => {
  const { count, warnings, push } = checking()
  t.equal(push(...seqs(7, 8, 9)).length, 3)
  push(...seqs(10))
  t.same([count.in, count.lost, warnings], [4, 0, []])
})

t.test('a gap is counted, and announced where it is', async t => {
  const { count, push } = checking()
  const passed = push(...seqs(1, 2, 5, 6), { MAXIV_VALKYRIE_PACKET_SEQUENCE_NUMBER: 8, seq: 99 })
  t.same(
    passed.map(({ meta }) => meta['gap'] ?? meta['seq']),
    [
      1,
      2,
      { lost: 2, reason: 'gap in the sequence', stage: 'sequence', from: 3, to: 4 },
      5,
      6,
      { lost: 1, reason: 'gap in the sequence', stage: 'sequence', from: 7, to: 7 },
      99,
    ],
  )
  t.same(count.report().dropped, { 'gap in the sequence': 3 })
})

t.test('each stream has numbers of its own', async t => {
  const { count, push } = checking()
  push({ name: 'a', seq: 1 }, { name: 'b', seq: 5 }, { name: 'a', seq: 2 }, { name: 'b', seq: 7 })
  push({ MAXIV_VALKYRIE_STREAM_ID: 3, seq: 1 }, { MAXIV_VALKYRIE_STREAM_ID: 3, seq: 2 })
  t.same(count.report().dropped, { 'gap in the sequence': 1 })
})

t.test('a start begins anew, and so does a lower number, which is said', async t => {
  const { count, warnings, push } = checking()
  const one = () => {
    const stage = imageSequence({ reject })
    return [...stage.push([packet({}), packet({})]), ...(stage.end?.() ?? [])].map(({ meta }) => meta)
  }
  push(...one(), ...one().slice(0, 2), ...one())
  t.same([count.lost, warnings], [0, []])
  push(...seqs(100, 50, 51))
  t.equal(count.lost, 95)
  t.same(warnings, ['the sequence begins again: 50 after 100'])
})

t.test('a packet without a number passes, and is counted; a gap record needs none', async t => {
  const { count, warnings, push } = checking()
  t.equal(push({ a: 1 }, { seq: '5' }, { seq: 1.5 }, gapPacket({ lost: 1, reason: 'x', stage: 'y' }).meta).length, 4)
  t.same(count.report().rejected, { 'no sequence number': 3 })
  t.equal(warnings.length, 1)
})

t.test('what is forgotten of many streams is the quietest', async t => {
  const { count, push } = checking()
  for (let name = 0; name < 65537; name++) push({ name: `${name}`, seq: 1 })
  push({ name: '0', seq: 9 }, { name: '65536', seq: 3 })
  t.same(count.report().dropped, { 'gap in the sequence': 1 })
})
