// Merging sources: all of each, none starved, ends and errors.

import { once } from 'node:events'
import t from 'tap'
import { type Batch, packet } from '../../src/packet.ts'
import { cut, MOST_PACKETS, merge } from '../../src/stream/merge.ts'
import type { Source } from '../../src/stream/step.ts'

async function* counting(name: string, batches: number, size = 1): Source & AsyncGenerator<Batch> {
  for (let number = 0; number < batches; number++) yield Array.from({ length: size }, () => packet({ name, number }))
}

async function* listed(...sources: Source[]): AsyncGenerator<Source> {
  yield* sources
}

async function* until(signal: AbortSignal): AsyncGenerator<Batch> {
  if (!signal.aborted) await once(signal, 'abort')
  yield* []
}

const nothing = () => {}

t.test('everything of each source arrives, in its order', async t => {
  const seen = new Map<unknown, unknown[]>()
  for await (const batch of merge(listed(counting('a', 50), counting('b', 30), counting('c', 0)), nothing)) {
    for (const { meta } of batch) seen.set(meta['name'], [...(seen.get(meta['name']) ?? []), meta['number']])
  }
  t.same(
    seen.get('a'),
    Array.from({ length: 50 }, (_, number) => number),
  )
  t.same(
    seen.get('b'),
    Array.from({ length: 30 }, (_, number) => number),
  )
  t.equal(seen.size, 2)
})

t.test('no source comes twice while another that is ready waits', async t => {
  const order: unknown[] = []
  for await (const [first] of merge(listed(counting('a', 100), counting('b', 100)), nothing)) {
    order.push(first?.meta['name'])
  }
  const middle = order.slice(4, -4).join('')
  t.notMatch(middle, /aaa|bbb/)
})

t.test('sources may join while others flow', async t => {
  async function* later(): AsyncGenerator<Source> {
    yield counting('early', 2)
    await new Promise(resolve => setImmediate(resolve))
    yield counting('late', 2)
  }
  const names: unknown[] = []
  for await (const batch of merge(later(), nothing)) names.push(batch[0]?.meta['name'])
  t.same(names, ['early', 'early', 'late', 'late'])
})

t.test('an error ends all, and a source that waits is closed', async t => {
  const closing = new AbortController()
  async function* failing(): AsyncGenerator<Batch> {
    yield [packet({ number: 1 })]
    throw new Error('broken')
  }
  const merged = merge(listed(until(closing.signal), failing()), () => closing.abort())
  await t.rejects(
    async () => {
      for await (const _ of merged);
    },
    { message: 'broken' },
  )
  t.ok(closing.signal.aborted)
})

t.test('who leaves early closes the others', async t => {
  const closing = new AbortController()
  const merged = merge(listed(until(closing.signal), counting('a', 10)), () => closing.abort())
  for await (const _ of merged) break
  t.ok(closing.signal.aborted)
})

t.test('a large batch is cut, and its last piece acknowledges it', async t => {
  let acknowledged = 0
  const batch: Batch = Object.assign(
    Array.from({ length: MOST_PACKETS + 1 }, (_, number) => packet({ number })),
    { acknowledge: () => acknowledged++ },
  )
  const pieces = [...cut(batch)]
  t.same(
    pieces.map(piece => piece.length),
    [MOST_PACKETS, 1],
  )
  pieces[0]?.acknowledge?.()
  t.equal(acknowledged, 0)
  pieces[1]?.acknowledge?.()
  t.equal(acknowledged, 1)
})

t.test('an acknowledgement passes through', async t => {
  let acknowledged = 0
  async function* one(): AsyncGenerator<Batch> {
    yield Object.assign([packet({})], { acknowledge: () => acknowledged++ })
  }
  for await (const batch of merge(listed(one()), nothing)) batch.acknowledge?.()
  t.equal(acknowledged, 1)
})
