// What tests open stores with.

import { type Batch, type Packet, packet } from '../../src/packet.ts'
import { storeFor } from '../../src/store/index.ts'
import type { ReadOptions, Store, StoreContext } from '../../src/store/store.ts'
import { Ledger } from '../../src/stream/ledger.ts'
import type { Reject } from '../../src/stream/reject.ts'
import { parseEndpoint } from '../../src/url.ts'

export interface Opened {
  readonly store: Store
  readonly ledger: Ledger
  readonly warnings: string[]
  readonly rejects: Reject[]
}

export async function openStore(url: string, context: Partial<StoreContext> = {}): Promise<Opened> {
  const ledger = new Ledger()
  const warnings: string[] = []
  const rejects: Reject[] = []
  const endpoint = parseEndpoint(url)
  const store = await storeFor(endpoint).open(endpoint, {
    ledger,
    reject: reject => rejects.push(reject),
    warn: message => warnings.push(message),
    sync: 'never',
    rotation: {},
    terminal: undefined,
    ...context,
  })
  return { store, ledger, warnings, rejects }
}

/** Opens, writes, closes. */
export async function logged(
  url: string,
  batches: readonly Batch[],
  context: Partial<StoreContext> = {},
): Promise<Opened> {
  const opened = await openStore(url, context)
  try {
    for (const batch of batches) await opened.store.write(batch)
    await opened.store.commit?.()
  } finally {
    await opened.store.close()
  }
  return opened
}

export async function readBack(url: string, options: Partial<ReadOptions> = {}): Promise<readonly Packet[]> {
  const endpoint = parseEndpoint(url)
  const kind = storeFor(endpoint)
  const packets: Packet[] = []
  const stop = new AbortController().signal
  const rejected = (reject: Reject) => {
    throw new Error(`${reject.reason} at ${reject.place.offset}`)
  }
  for await (const batch of kind.read?.(endpoint, { stop, reject: rejected, ...options }) ?? []) {
    for (const { meta, data } of batch) packets.push({ meta, data: new Uint8Array(data) })
  }
  return packets
}

export function messages(from: number, to: number): Packet[] {
  return Array.from({ length: to - from }, (_, index) => {
    const n = from + index
    const timestamp = new Date(Date.UTC(2026, 10, 21) + n * 1000).toISOString()
    return packet({ timestamp, id: `id-${n}`, name: `sensor-${n % 5}`, value: (n % 201) - 100 })
  })
}
