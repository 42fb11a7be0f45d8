// Several sources as one, batch by batch, in the order in which they are ready.

import type { Batch } from '../packet.ts'
import type { Source } from './step.ts'

/** A packet loop that never sees more than this at once keeps its turns short. */
export const MOST_PACKETS = 1024

interface Offer {
  readonly batch: Batch
  readonly taken: () => void
}

/**
 * Sources may join while others flow; the end is the end of all. Each source has one batch waiting at most, so none
 * comes twice before another that is ready comes once. The first error ends all: `close` must make every source
 * end, also one that waits.
 */
export async function* merge(sources: AsyncIterable<Source>, close: () => void): AsyncGenerator<Batch> {
  const offers: Offer[] = []
  const pumps = new Set<Promise<void>>()
  let failure: { readonly error: unknown } | undefined
  let closed = false
  let open = 1
  let wake: (() => void) | undefined

  const stir = () => {
    wake?.()
    wake = undefined
  }
  const over = (error?: { readonly error: unknown }) => {
    failure ??= error
    open--
    stir()
  }
  async function pump(source: Source): Promise<void> {
    try {
      for await (const batch of source) {
        if (closed) break
        await new Promise<void>(taken => {
          offers.push({ batch, taken })
          stir()
        })
      }
      over()
    } catch (error) {
      over({ error })
    }
  }
  async function join(): Promise<void> {
    try {
      for await (const source of sources) {
        if (closed) break
        open++
        const pumping = pump(source)
        pumps.add(pumping)
        pumping.then(() => pumps.delete(pumping))
      }
      over()
    } catch (error) {
      over({ error })
    }
  }
  const joining = join()
  try {
    for (;;) {
      const offer = offers.shift()
      if (offer) {
        offer.taken()
        if (offer.batch.length <= MOST_PACKETS) yield offer.batch
        else yield* cut(offer.batch)
      } else if (failure) throw failure.error
      else if (open === 0) return
      else {
        await new Promise<void>(resolve => {
          wake = resolve
        })
      }
    }
  } finally {
    closed = true
    close()
    for (const offer of offers) offer.taken()
    await joining
    await Promise.all(pumps)
  }
}

/** Pieces of at most `most` packets; the last one carries the acknowledgement of all. */
export function* cut(batch: Batch, most = MOST_PACKETS): Generator<Batch> {
  for (let start = 0; start < batch.length; start += most) {
    const piece: Batch = batch.slice(start, start + most)
    const { acknowledge } = batch
    yield acknowledge && start + most >= batch.length ? Object.assign(piece, { acknowledge }) : piece
  }
}
