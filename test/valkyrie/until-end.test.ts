import t from 'tap'
import { type Batch, packet } from '../../src/packet.ts'
import { untilEnd } from '../../src/valkyrie/until-end.ts'
import { collect, seqs } from '../support/carrier.ts'

const END = { MAXIV_VALKYRIE_PACKET_TYPE: 'MAXIV_VALKYRIE_END_OF_SEQUENCE' }
const reject = () => {
  throw new Error('rejected')
}

async function* batches(...list: Batch[]): AsyncGenerator<Batch> {
  yield* list
}

t.test('the end of sequence is the last that comes, whatever the batches', async t => {
  const packets = [1, 2, 3, 4].map(seq => packet(seq === 3 ? { seq, ...END } : { seq }))
  for (const list of [[packets], packets.map(item => [item])]) {
    const source = untilEnd(batches(...list), { reject, stop: new AbortController().signal, name: 'x' })
    t.same(seqs(await collect(source)), [1, 2, 3])
  }
})

t.test('an input that ends without is an error, unless it was stopped', async t => {
  const stop = new AbortController()
  const source = () => untilEnd(batches([packet({ seq: 1 })]), { reject, stop: stop.signal, name: 'zmq+sub:x' })
  await t.rejects(collect(source()), {
    name: 'DataError',
    message: /^zmq\+sub:x: ended without a packet of type MAXIV/,
  })
  stop.abort()
  t.same(seqs(await collect(source())), [1])
})
