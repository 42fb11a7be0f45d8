// The streams of spectra among packets, by their names, each with what is drawn of it.

import { numberIn } from '../dsp/frequency-axis.ts'
import { levelSpectra } from '../dsp/level-spectrum.ts'
import { isSpectrum } from '../dsp/spectrum-meta.ts'
import type { Meta, Packet } from '../packet.ts'
import { Named } from './named.ts'
import { type Hold, Trace, type TraceOptions } from './trace.ts'

/** More are counted, and not drawn. */
export const MOST_STREAMS = 64

export interface TracesOptions extends TraceOptions {
  /** Each spectrum is a row of the waterfall, or those that somebody asks for. */
  readonly rows: 'each' | 'asked'
}

export class Traces {
  #options: TracesOptions
  readonly #traces = new Named<Trace>(MOST_STREAMS)

  constructor(options: TracesOptions) {
    this.#options = options
  }

  get all(): readonly Trace[] {
    return this.#traces.all
  }

  /** Streams that are not drawn because there are too many. */
  get left(): number {
    return this.#traces.left
  }

  /** As they are now; what comes does not change them. */
  copy(): Traces {
    const copy = new Traces(this.#options)
    for (const trace of this.#traces.all) copy.#traces.getOrMake(trace.name, () => trace.copy())
    return copy
  }

  /** From now on these are held, of every stream; what was held before stays held. */
  hold(holds: readonly Hold[]): void {
    for (const trace of this.#traces.all) {
      for (const hold of this.#options.holds) if (!holds.includes(hold)) trace.release(hold)
      for (const hold of holds) if (!this.#options.holds.includes(hold)) trace.hold(hold)
    }
    this.#options = { ...this.#options, holds }
  }

  /** Everything that is held begins anew. */
  clear(): void {
    for (const trace of this.#traces.all) for (const hold of this.#options.holds) trace.hold(hold)
  }

  /** Every spectrum of a packet; false where it has none. */
  see(packet: Packet): boolean {
    const { meta } = packet
    const spectra = isSpectrum(meta) ? levelSpectra(packet) : undefined
    if (!spectra) return false
    const name = streamName(meta)
    const interval = 1000 * (numberIn(meta['row_interval']) ?? 0)
    const start = timeOf(meta)
    for (const [row, spectrum] of spectra.entries()) {
      const trace = this.#traces.getOrMake(name, () => new Trace(name, spectrum, this.#options))
      trace?.see(spectrum, start === undefined ? undefined : start + row * interval)
      if (this.#options.rows === 'each') trace?.row()
    }
    return true
  }
}

/** What tells one stream from another: its name, and its channel where it has one; nothing where it has neither. */
export function nameIn({ name, channel }: Meta): string | undefined {
  const words = [name, channel].filter(word => typeof word === 'string' || typeof word === 'number')
  return words.length > 0 ? words.join(' ') : undefined
}

export function streamName(meta: Meta): string {
  return nameIn(meta) ?? 'spectrum'
}

/** From 1970 on and back, in milliseconds: what a calendar has. */
const LATEST = 8.64e15

/** Milliseconds since 1970. */
export function timeOf({ timestamp, timestamp_ns: nanoseconds }: Meta): number | undefined {
  const time =
    typeof timestamp === 'string'
      ? Date.parse(timestamp)
      : typeof nanoseconds === 'string'
        ? Number(nanoseconds) / 1e6
        : Number.NaN
  return Math.abs(time) <= LATEST ? time : undefined
}
