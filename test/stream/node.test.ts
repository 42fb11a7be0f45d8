import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import t from 'tap'
import { type Batch, type Packet, packet } from '../../src/packet.ts'
import {
  ndjsonReadable,
  ndjsonSource,
  readableOf,
  sourceOf,
  stageTransform,
  writableOf,
} from '../../src/stream/node.ts'
import type { Stage } from '../../src/stream/step.ts'

const batches = async function* (...values: readonly number[][]): AsyncGenerator<Batch> {
  for (const batch of values) yield batch.map(value => packet({ value }))
}

const values = async (source: AsyncIterable<Batch>) => {
  const found: unknown[] = []
  for await (const batch of source) found.push(...batch.map(({ meta }) => meta['value']))
  return found
}

const pairs = (): Stage => {
  let held: Packet[] = []
  return {
    push(batch) {
      const all = [...held, ...batch]
      held = all.length % 2 ? all.slice(-1) : []
      return all.slice(0, all.length - held.length)
    },
    end: () => held,
  }
}

t.test('a stage is a Transform that also gives what it held back', async t => {
  const readable = readableOf(batches([1, 2], [3])).pipe(stageTransform(pairs()))
  const found: unknown[] = []
  for await (const item of readable) found.push(item.meta.value)
  t.same(found, [1, 2, 3])
})

t.test('a sink is a Writable; its failure is the failure of the stream', async t => {
  const written: unknown[] = []
  let closed = 0
  const sink = {
    async write(batch: Batch) {
      written.push(...batch.map(({ meta }) => meta['value']))
    },
    async close() {
      closed++
    },
  }
  await pipeline(readableOf(batches([1, 2], [3])), writableOf(sink))
  t.same([written, closed], [[1, 2, 3], 1])
  const failing = { ...sink, write: () => Promise.reject(new Error('full')) }
  await t.rejects(pipeline(readableOf(batches([1])), writableOf(failing)), /full/)
})

t.test('a Readable acknowledges a batch after its last packet was read', async t => {
  let acknowledged = 0
  const source = async function* (): AsyncGenerator<Batch> {
    yield Object.assign([packet({ value: 1 }), packet({ value: 2 })], { acknowledge: () => void acknowledged++ })
  }
  const found: unknown[] = []
  for await (const item of readableOf(source())) found.push(item.meta.value)
  t.same([found, acknowledged], [[1, 2], 1])
})

t.test('objects and packets of any iterable are a source', async t => {
  const items = async function* () {
    yield { value: 1 }
    yield packet({ value: 2 })
    yield { value: 3, data: 'text' }
  }
  t.same(await values(sourceOf(items())), [1, 2, 3])
})

t.test('the ndjson package reads and writes the same lines', async t => {
  const chunks: Buffer[] = []
  for await (const chunk of ndjsonReadable(batches([1, 2], [3]))) chunks.push(Buffer.from(chunk))
  const bytes = Buffer.concat(chunks)
  t.equal(bytes.toString(), '{"value":1}\n{"value":2}\n{"value":3}\n')
  t.same(await values(ndjsonSource(Readable.from([bytes.subarray(0, 5), bytes.subarray(5)]))), [1, 2, 3])
  await t.rejects(values(ndjsonSource(Readable.from([Buffer.from('{"value":1}\nnot json\n')]))), /Could not parse row/)
})
