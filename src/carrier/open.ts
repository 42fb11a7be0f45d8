// Endpoint URLs to sources and sinks of packets: carriers and codecs joined.

import type { DecodeOptions, EncodeOptions } from '../codec/codec.ts'
import type { Sink, Source } from '../stream/step.ts'
import type { CarrierContext } from './carrier.ts'

export interface SourceOptions extends Omit<DecodeOptions, 'source'> {
  /** A codec's name, or `auto`: told by the file name, else by the first byte of each channel. */
  readonly from: string
  readonly context: CarrierContext
}

export interface SinkOptions extends EncodeOptions {
  /** A codec's name, or `auto`: told by the file name, else what the packets came as. */
  readonly to: string
  readonly context: CarrierContext
}

/** Every endpoint at once, merged batch by batch as they are ready. Counts packets and bytes in the stage `input`. */
export declare function openSource(endpoints: readonly string[], options: SourceOptions): Source

/** A tee: each packet goes to every endpoint. Counts packets and bytes in the stage `output`. */
export declare function openSink(endpoints: readonly string[], options: SinkOptions): Promise<Sink>
