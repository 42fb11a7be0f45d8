// Reading subscriptions in tests.

import type { Batch, Packet } from '../../src/packet.ts'

/** Starts what says when it is ready, and waits until it is. */
export async function readyTo<T>(start: (onReady: () => void) => Promise<T>): Promise<{ readonly done: Promise<T> }> {
  let done: Promise<T> | undefined
  await new Promise<void>(resolve => {
    done = start(resolve)
    done.catch(() => resolve())
  })
  if (!done) throw new Error('not started')
  return { done }
}

/** So many packets, acknowledged, or not; the rest goes back. */
export async function take(
  source: AsyncIterable<Batch>,
  count: number,
  { acknowledge = true }: { readonly acknowledge?: boolean } = {},
): Promise<Packet[]> {
  const packets: Packet[] = []
  for await (const batch of source) {
    const wanted = count - packets.length
    const part = batch.length > wanted ? (batch.part?.(wanted) ?? batch) : batch
    packets.push(...part)
    if (acknowledge) part.acknowledge?.()
    if (packets.length >= count) break
  }
  return packets
}
