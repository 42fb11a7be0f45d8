// memory: the latest packets in memory, for programs that look at what they log.

import { CarrierError } from '../errors.ts'
import type { Batch, Packet } from '../packet.ts'
import { Ledger, type StageCount } from '../stream/ledger.ts'
import type { Rejecter } from '../stream/reject.ts'
import type { Source } from '../stream/step.ts'
import { parseCount } from '../units.ts'
import { checkParams, type Endpoint, param } from '../url.ts'
import { readable } from './readable.ts'
import { RecentIds } from './recent-ids.ts'
import { selection } from './selection.ts'
import type { ReadOptions, Store, StoreKind } from './store.ts'

export const MEMORY_PACKETS = 65_536

export interface MemoryOptions {
  readonly name?: string
  /** How many packets are kept; the oldest make room and are counted as dropped. */
  readonly size?: number
  readonly ledger?: Ledger
  readonly deduplicate?: boolean
  readonly reject?: Rejecter
}

/** A store that programs iterate over: while it is written to, too. */
export interface MemoryStore extends Store {
  /** What is kept, oldest first. */
  readonly packets: Iterable<Packet>
  readonly length: number
  read(options: Pick<ReadOptions, 'since' | 'until' | 'names' | 'follow' | 'stop'>): Source
}

export function memoryStore(options: MemoryOptions = {}): MemoryStore {
  return new Memory(options)
}

const READ_BATCH = 256

class Memory implements MemoryStore {
  readonly name: string
  readonly #size: number
  readonly #count: StageCount
  readonly #ids: RecentIds | undefined
  readonly #reject: Rejecter | undefined
  /** A ring once it is full: packet number n is at n modulo the size. */
  readonly #ring: Packet[] = []
  #next = 0
  #ended = false
  #changed = new EventTarget()

  constructor({ name = 'memory:', size = MEMORY_PACKETS, ledger = new Ledger(), deduplicate, reject }: MemoryOptions) {
    this.name = name
    this.#size = size
    this.#count = ledger.stage(name)
    this.#reject = reject
    this.#ids = deduplicate ? new RecentIds() : undefined
  }

  get length(): number {
    return this.#ring.length
  }

  get packets(): Iterable<Packet> {
    return this.#kept()
  }

  write(given: Batch): void {
    const batch = this.#reject ? readable(given, this.#reject) : given
    const fresh = this.#ids?.fresh(batch) ?? batch
    this.#count.in += batch.length
    this.#count.out += fresh.length
    this.#count.duplicate += batch.length - fresh.length
    const forgotten = Math.max(0, this.#ring.length + fresh.length - this.#size)
    if (forgotten > 0) this.#count.drop('memory full', forgotten)
    for (const packet of fresh) this.#ring[this.#next++ % this.#size] = packet
    this.#changed.dispatchEvent(new Event('change'))
  }

  async close(): Promise<void> {
    this.#ended = true
    this.#changed.dispatchEvent(new Event('change'))
  }

  *#kept(): Generator<Packet> {
    for (let number = this.#next - this.#ring.length; number < this.#next; number++) {
      const packet = this.#ring[number % this.#size]
      if (packet) yield packet
    }
  }

  async *read(
    options: Pick<ReadOptions, 'since' | 'until' | 'names' | 'follow' | 'stop'>,
  ): Source & AsyncGenerator<Batch> {
    const select = selection(options)
    let number = this.#next - this.#ring.length
    while (!options.stop.aborted) {
      number = Math.max(number, this.#next - this.#ring.length)
      const batch: Packet[] = []
      for (; number < this.#next && batch.length < READ_BATCH; number++) {
        const packet = this.#ring[number % this.#size]
        if (packet) batch.push(packet)
      }
      const selected = select(batch)
      if (selected.length > 0) yield selected
      if (number < this.#next) continue
      if (!options.follow || this.#ended) return
      await this.#change(options.stop)
    }
  }

  #change(stop: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const woken = () => {
        stop.removeEventListener('abort', woken)
        this.#changed.removeEventListener('change', woken)
        resolve()
      }
      stop.addEventListener('abort', woken)
      this.#changed.addEventListener('change', woken)
    })
  }
}

/** By URL: like a file, a store is there under its name after it was closed, for as long as the process lives. */
const named = new Map<string, MemoryStore>()

export const memory: StoreKind = {
  scheme: 'memory',
  summary: 'the latest packets in memory; for programs that use daqutils as a library',
  example: 'memory:recent?size=1000',
  params: [{ name: 'size', argument: 'N', summary: `packets that are kept (default ${MEMORY_PACKETS})` }],
  async open(endpoint, { ledger, reject, deduplicate = false }) {
    checkParams(endpoint, ['size'])
    const size = param(endpoint, 'size', parseCount)
    const store = memoryStore({ name: endpoint.text, ledger, reject, deduplicate, ...(size !== undefined && { size }) })
    named.set(endpoint.rest, store)
    return store
  },
  read(endpoint, options) {
    return readNamed(endpoint, options)
  },
}

async function* readNamed(endpoint: Endpoint, options: ReadOptions): Source & AsyncGenerator<Batch> {
  const store = named.get(endpoint.rest)
  if (!store) throw new CarrierError(endpoint.text, 'no store of this name is in the memory of this process')
  yield* store.read(options)
}
