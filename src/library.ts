// The doors for programs: sources, sinks and stores by URL, with surroundings that need not be spelled out.

import { DEFAULT_BUS } from './bus/bus.ts'
import { topicsOf } from './bus/topics.ts'
import type { CarrierContext } from './carrier/carrier.ts'
import * as open from './carrier/open.ts'
import { DataError, UsageError } from './errors.ts'
import { storeFor } from './store/index.ts'
import { Log } from './store/log.ts'
import type { ReadOptions, Rotation, Store, SyncMode } from './store/store.ts'
import { Ledger } from './stream/ledger.ts'
import type { Policy } from './stream/policy.ts'
import type { Rejecter } from './stream/reject.ts'
import type { Sink, Source } from './stream/step.ts'
import { parseEndpoint } from './url.ts'

export interface LibraryOptions {
  /** Aborting it ends sources as if their input had ended. */
  readonly signal?: AbortSignal
  /** Counts what passes and what is lost. */
  readonly ledger?: Ledger
  /** What cannot be read: by default the first throws a DataError. */
  readonly reject?: Rejecter
  /** Words about the state of a link; by default nobody hears them. */
  readonly warn?: (message: string) => void
  readonly policy?: Policy
  readonly buffer?: number
  /** The bus of `bus:` endpoints; default: the broker of this machine. */
  readonly bus?: string
}

export interface OpenSourceOptions extends LibraryOptions, Partial<Omit<open.SourceOptions, 'context' | 'reject'>> {}
export interface OpenSinkOptions extends LibraryOptions, Partial<Omit<open.SinkOptions, 'context' | 'reject'>> {}

/** Packets from one or more endpoints (`-`, a path, `tcp://HOST:PORT`, …), merged as they come. */
export function openSource(endpoints: string | readonly string[], options: OpenSourceOptions = {}): Source {
  return open.openSource([endpoints].flat(), {
    from: 'auto',
    ...options,
    context: surroundings(options),
    reject: options.reject ?? throwReject,
  })
}

/** A sink that writes each packet to every endpoint. Its `close` ends files well; call it in `finally`. */
export function openSink(endpoints: string | readonly string[], options: OpenSinkOptions = {}): Promise<Sink> {
  return open.openSink([endpoints].flat(), {
    to: 'auto',
    ...options,
    context: surroundings(options),
    reject: options.reject ?? throwReject,
  })
}

export interface StoreOptions extends LibraryOptions {
  /** When written records are made durable; default once a second. */
  readonly sync?: SyncMode
  readonly rotation?: Rotation
  /** A packet whose `id` is stored already is counted, not stored again. */
  readonly deduplicate?: boolean
}

/** A repository by its URL (`csv:log.csv`, `log.sqlite`, `postgres://…`, `memory:`), to be appended to. */
export function openStore(url: string, options: StoreOptions = {}): Promise<Store> {
  const endpoint = parseEndpoint(url)
  const { sync = 'interval', rotation = {}, deduplicate = false } = options
  const { ledger, warn } = surroundings(options)
  const reject = options.reject ?? throwReject
  return storeFor(endpoint).open(endpoint, { ledger, reject, warn, sync, rotation, deduplicate, terminal: undefined })
}

/** What a repository holds, in the order in which it was stored. */
export function readStore(url: string, options: LibraryOptions & Omit<ReadOptions, 'stop' | 'reject'> = {}): Source {
  const endpoint = parseEndpoint(url)
  const kind = storeFor(endpoint)
  if (!kind.read) throw new UsageError(`${url}: cannot be read back`)
  return kind.read(endpoint, { ...options, stop: surroundings(options).stop, reject: options.reject ?? throwReject })
}

/** A sink for several stores, which may be added and removed while it runs. */
export function createLog(options: LibraryOptions & { readonly sync?: SyncMode; readonly strict?: boolean } = {}): Log {
  const { ledger, warn } = surroundings(options)
  return new Log({ ledger, warn, sync: options.sync ?? 'interval', strict: options.strict ?? false })
}

const throwReject: Rejecter = ({ place, reason, detail }) => {
  throw new DataError(place, detail ? `${reason}: ${detail}` : reason)
}

function surroundings(options: LibraryOptions): CarrierContext {
  const { warn = () => {} } = options
  return {
    stop: options.signal ?? new AbortController().signal,
    ledger: options.ledger ?? new Ledger(),
    warn,
    onHangup: () => () => {},
    policy: options.policy ?? 'block',
    buffer: options.buffer ?? 1024,
    topics: async () => topicsOf(options.bus ?? DEFAULT_BUS, warn),
  }
}
