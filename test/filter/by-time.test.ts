// Sources merged by timestamp.

import t from 'tap'
import { byTime } from '../../src/filter/by-time.ts'
import { type Batch, type Packet, packet } from '../../src/packet.ts'
import type { Source } from '../../src/stream/step.ts'

const at = (second: number, value: string) =>
  packet({ timestamp: new Date(Date.UTC(2026, 0) + second * 1000).toISOString(), value })

async function* from(...batches: readonly Batch[]): Source & AsyncGenerator<Batch> {
  yield* batches
}

async function values(...sources: readonly Source[]): Promise<string> {
  const packets: Packet[] = []
  for await (const batch of byTime(sources)) packets.push(...batch)
  return packets.map(({ meta }) => meta['value']).join('')
}

t.test('packets come in the order of all timestamps', async t => {
  t.equal(
    await values(from([at(1, 'a'), at(4, 'd')], [at(5, 'e')]), from([at(2, 'b')], [], [at(3, 'c'), at(9, 'f')])),
    'abcdef',
  )
})

t.test('equal times keep the order of the sources', async t => {
  t.equal(await values(from([at(1, 'a'), at(1, 'b')]), from([at(1, 'c')]), from([at(0, 'x')])), 'xabc')
})

t.test('a packet without a timestamp stays behind the one before it', async t => {
  const none = packet({ value: '-' })
  t.equal(await values(from([none, at(3, 'c'), none]), from([at(1, 'a'), none, at(4, 'd')])), '-a-c-d')
})

t.test('one source passes as it is, none is empty', async t => {
  t.equal(await values(from([at(2, 'b'), at(1, 'a')])), 'ba')
  t.equal(await values(), '')
  t.equal(await values(from(), from([at(1, 'a')])), 'a')
})

t.test('batches stay small', async t => {
  const many = Array.from({ length: 2000 }, (_, n) => at(n, '.'))
  const sizes: number[] = []
  for await (const batch of byTime([from(many), from([at(5000, 'z')])])) sizes.push(batch.length)
  t.same(sizes, [512, 512, 512, 464, 1])
})

t.test('who stops early ends every source', async t => {
  let ended = 0
  async function* endless(): Source & AsyncGenerator<Batch> {
    try {
      for (;;) yield [at(0, 'a')]
    } finally {
      ended++
    }
  }
  for await (const _ of byTime([endless(), endless()])) break
  t.equal(ended, 2)
})
