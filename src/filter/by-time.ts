// Several sources, each in the order of its timestamps, as one in the order of all.

import type { Batch, Packet } from '../packet.ts'
import type { Source } from '../stream/step.ts'
import { timeOf } from './time.ts'

/** The next packet of a source, with its time: that of the one before where it has none. */
interface Head {
  readonly iterator: AsyncIterator<Batch>
  batch: Batch
  index: number
  time: number
}

const MOST = 512

/** Reads one batch ahead from each source. Equal times keep the order of the sources. */
export async function* byTime(sources: readonly Source[]): Source & AsyncGenerator<Batch> {
  const [only] = sources
  if (only && sources.length === 1) {
    yield* only
    return
  }
  const iterators = sources.map(source => source[Symbol.asyncIterator]())
  try {
    const heads: Head[] = []
    for (const iterator of iterators) {
      const head: Head = { iterator, batch: [], index: -1, time: Number.NEGATIVE_INFINITY }
      if (await advance(head)) heads.push(head)
    }
    let out: Packet[] = []
    while (heads.length > 0) {
      let first = heads[0]
      for (const head of heads) if (first && head.time < first.time) first = head
      const packet = first?.batch[first.index]
      if (!first || !packet) return
      out.push(packet)
      const ended = first.index + 1 >= first.batch.length
      if (ended || out.length === MOST) {
        yield out
        out = []
      }
      if (!(ended ? await advance(first) : step(first))) heads.splice(heads.indexOf(first), 1)
    }
  } finally {
    await Promise.all(iterators.map(iterator => iterator.return?.()))
  }
}

function step(head: Head): true {
  head.index++
  const packet = head.batch[head.index]
  const time = packet ? timeOf(packet) : Number.NaN
  if (!Number.isNaN(time)) head.time = time
  return true
}

/** The first packet of the next batch that has any; false at the end. */
async function advance(head: Head): Promise<boolean> {
  for (;;) {
    const { done, value } = await head.iterator.next()
    if (done) return false
    if (value.length === 0) continue
    head.batch = value
    head.index = -1
    return step(head)
  }
}
