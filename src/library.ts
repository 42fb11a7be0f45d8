// The doors for programs: sources, sinks and stores by URL, with surroundings that need not be spelled out.

import type { CarrierContext } from './carrier/carrier.ts'
import * as open from './carrier/open.ts'
import { DataError } from './errors.ts'
import { Ledger } from './stream/ledger.ts'
import type { Policy } from './stream/policy.ts'
import type { Rejecter } from './stream/reject.ts'
import type { Sink, Source } from './stream/step.ts'

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

const throwReject: Rejecter = ({ place, reason, detail }) => {
  throw new DataError(place, detail ? `${reason}: ${detail}` : reason)
}

function surroundings(options: LibraryOptions): CarrierContext {
  return {
    stop: options.signal ?? new AbortController().signal,
    ledger: options.ledger ?? new Ledger(),
    warn: options.warn ?? (() => {}),
    onHangup: () => () => {},
    policy: options.policy ?? 'block',
    buffer: options.buffer ?? 1024,
  }
}
