// All traces and all who look at them: spectra come at their own pace, each viewer takes them at its own.

import { nameIn } from '../chart/traces.ts'
import { frameEncoder } from '../codec/frame-writer.ts'
import { levelSpectra } from '../dsp/level-spectrum.ts'
import type { Packet } from '../packet.ts'
import { Trace, type Unseen } from './trace.ts'

/** Traces beyond these are not shown: names that never repeat would fill the memory. */
export const MOST_TRACES = 64

/** Where a viewer's spectra go: at most one message is on its way or waits to be drawn. */
export interface Wire {
  send(chunks: readonly Uint8Array[]): void
}

export interface GalleryOptions {
  /** Their names, in the order in which they are shown. */
  readonly inputs?: readonly string[]
  /** Called once, when there are more traces than are shown. */
  readonly onCrowd?: () => void
}

export class Gallery {
  readonly #traces = new Map<string, Trace>()
  readonly #viewers = new Set<Viewer>()
  readonly #inputs: readonly string[]
  readonly #onCrowd: (() => void) | undefined
  #isCrowded = false

  constructor({ inputs = [], onCrowd }: GalleryOptions = {}) {
    this.#inputs = inputs
    this.#onCrowd = onCrowd
  }

  /** False where the packet is no whole spectrum. Viewers hear of it with `offer`. */
  push(input: string, packet: Packet): boolean {
    const spectra = levelSpectra(packet)
    if (!spectra) return false
    const title = [input, nameIn(packet.meta) ?? ''].filter(part => part !== '').join(' · ')
    const trace = this.#traces.get(title) ?? this.#add(title, input)
    for (const spectrum of spectra) trace?.push(spectrum, packet.meta)
    return true
  }

  /** To every viewer that waits what it has not seen. */
  offer(): void {
    for (const viewer of this.#viewers) viewer.offer()
  }

  /** The last there is, also to those who are not done with what they have. */
  finish(): void {
    for (const viewer of this.#viewers) viewer.drawn()
  }

  join(wire: Wire): Viewer {
    const viewer = new Viewer(wire, this.#traces.values())
    this.#viewers.add(viewer)
    viewer.offer()
    return viewer
  }

  leave(viewer: Viewer): void {
    this.#viewers.delete(viewer)
    viewer.leave()
  }

  #add(title: string, input: string): Trace | undefined {
    if (this.#traces.size >= MOST_TRACES) {
      if (!this.#isCrowded) this.#onCrowd?.()
      this.#isCrowded = true
      return undefined
    }
    const index = this.#traces.size
    const order = Math.max(0, this.#inputs.indexOf(input)) * MOST_TRACES + index
    const trace = new Trace({ index, order, title })
    this.#traces.set(title, trace)
    for (const viewer of this.#viewers) viewer.watch(trace)
    return trace
  }
}

export class Viewer {
  readonly #wire: Wire
  readonly #watched: { readonly trace: Trace; readonly unseen: Unseen }[] = []
  /** It has drawn all that it was sent. */
  #isReady = true

  constructor(wire: Wire, traces: Iterable<Trace>) {
    this.#wire = wire
    for (const trace of traces) this.watch(trace)
  }

  /** From now on. */
  watch(trace: Trace): void {
    this.#watched.push({ trace, unseen: trace.watch() })
  }

  drawn(): void {
    this.#isReady = true
    this.offer()
  }

  offer(): void {
    if (!this.#isReady) return
    const news = this.#watched.filter(({ trace, unseen }) => trace.hasNews(unseen))
    if (news.length === 0) return
    this.#isReady = false
    const encoder = frameEncoder({ crc: false, reject() {} })
    this.#wire.send(encoder.push(news.map(({ trace, unseen }) => trace.take(unseen))))
  }

  leave(): void {
    for (const { trace, unseen } of this.#watched) trace.unwatch(unseen)
  }
}
