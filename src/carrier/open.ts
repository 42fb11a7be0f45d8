// Endpoint URLs to sources and sinks of packets: carriers and codecs joined.

import type { Codec, DecodeOptions, EncodeOptions } from '../codec/codec.ts'
import { codecFor, codecForPath, codecNamed, detectCodec } from '../codec/index.ts'
import { UsageError } from '../errors.ts'
import type { Batch, Gap } from '../packet.ts'
import { onDemand } from '../stream/demand.ts'
import { cut, MOST_PACKETS, merge } from '../stream/merge.ts'
import type { Rejecter } from '../stream/reject.ts'
import type { Sink, Source } from '../stream/step.ts'
import { tee } from '../stream/tee.ts'
import { type Endpoint, parseEndpoint, withoutSecrets } from '../url.ts'
import type { Carrier, CarrierContext, Channel, Encode, Transient } from './carrier.ts'
import { decodeChannel } from './decode.ts'
import { byPolicy, encodingSink } from './encode.ts'
import { carrierFor } from './index.ts'
import { isOnDemand } from './on-demand.ts'

export interface SourceOptions extends Omit<DecodeOptions, 'source'> {
  /** A codec's name, or `auto`: told by the file name, else by the first byte of each channel. */
  readonly from: string
  /** What `auto` takes bytes for that begin neither a frame nor text; default ndjson. */
  readonly otherwise?: string
  readonly context: CarrierContext
  /** Told of each batch and of the endpoint it came from, and its place among them, where there are several, before they are merged. */
  readonly onInput?: (batch: Batch, endpoint: string, index: number) => void
  /** Packets are done with when the next batch is asked for: raw bytes that come alone may come in the same memory. */
  readonly transient?: Transient
}

export interface SinkOptions extends EncodeOptions {
  /** A codec's name, or `auto`: told by the file name, else what the packets came as. */
  readonly to: string
  /** The first output that fails ends all; default: the others go on. */
  readonly strict?: boolean
  readonly context: CarrierContext
}

/** Every endpoint at once, merged batch by batch as they are ready. Counts packets and bytes in the stage `input`. */
export function openSource(endpoints: readonly string[], options: SourceOptions): Source {
  const inputs = endpoints.map(parseEndpoint).map(endpoint => ({ endpoint, carrier: carrierFor(endpoint) }))
  for (const { endpoint, carrier } of inputs) {
    if (!carrier.channels && !carrier.source) throw new UsageError(`${withoutSecrets(endpoint.text)}: is no input`)
  }
  const named = options.from === 'auto' ? undefined : codecNamed(options.from)
  const otherwise = codecNamed(options.otherwise ?? 'ndjson')
  const closing = new AbortController()
  const { signal: closed } = closing
  const context = { ...options.context, stop: AbortSignal.any([options.context.stop, closed]), closed }
  const count = options.context.ledger.stage('input')
  const demanded = new Set(inputs.filter(({ endpoint }) => isOnDemand(endpoint)))
  const [only] = inputs
  const alone = inputs.length === 1 && only?.carrier.single?.(only.endpoint) === true && !demanded.has(only)

  const lose = ({ lost, reason }: Gap) => count.drop(reason, lost)
  function rejecterOf({ onReject }: Channel): Rejecter {
    if (!onReject) return options.reject
    return rejected => {
      options.reject(rejected)
      onReject()
    }
  }
  async function* sourcesOf({ endpoint, carrier }: Opening, context: CarrierContext): AsyncGenerator<Source> {
    const told = named ?? (hasFileName(endpoint) ? codecForPath(endpoint.rest) : undefined)
    const transient = alone && told?.name === 'raw' && comesWhole(options) ? options.transient : undefined
    const decode = (channel: Channel) =>
      decodeChannel(
        channel,
        (first, reject) =>
          (told ?? detectCodec(first[0] ?? 0, otherwise)).decoder({ ...options, source: channel.name, reject, lose }),
        { count, reject: rejecterOf(channel), stop: context.stop },
      )
    const source = carrier.source?.(endpoint, context, decode, options)
    if (source) return yield source
    for await (const channel of carrier.channels?.(endpoint, { ...context, ...(transient && { transient }) }) ?? [])
      yield decode(channel)
  }
  function onlyWhenWanted(input: Opening): Source {
    const open = (stop: AbortSignal) => {
      const leaving = new AbortController()
      const now = { ...context, stop: AbortSignal.any([stop, leaving.signal]) }
      return merge(sourcesOf(input, now), () => leaving.abort('closed'))
    }
    return onDemand(open, { ...context, demand: context.demand, stage: withoutSecrets(input.endpoint.text) })
  }
  const { onInput } = options
  const noted = (source: Source, input: Opening & { readonly index: number }) =>
    onInput && inputs.length > 1 ? heard(source, batch => onInput(batch, input.endpoint.text, input.index)) : source
  async function* all(): AsyncGenerator<Source> {
    for (const [index, input] of inputs.entries()) {
      if (demanded.has(input)) yield noted(onlyWhenWanted(input), { ...input, index })
      else if (input === only && inputs.length === 1) yield* sourcesOf(input, context)
      else
        yield noted(
          merge(sourcesOf(input, context), () => {}),
          { ...input, index },
        )
    }
  }
  return alone && only
    ? oneAfterAnother(sourcesOf(only, context), closing)
    : merge(all(), () => closing.abort('closed'))
}

async function* heard(source: Source, hear: (batch: Batch) => void): AsyncGenerator<Batch> {
  for await (const batch of source) {
    hear(batch)
    yield batch
  }
}

/** Other decoders, and raw where it cuts, hold bytes back; several inputs are queued. */
function comesWhole({ asTheyCome, chunk, shape }: SourceOptions): boolean {
  return asTheyCome === true && chunk === undefined && !shape
}

/** What `merge` does, for channels that cannot come at the same time: without its queue, which costs a tenth. */
async function* oneAfterAnother(sources: AsyncIterable<Source>, closing: AbortController): AsyncGenerator<Batch> {
  try {
    for await (const source of sources) {
      for await (const batch of source) {
        if (batch.length <= MOST_PACKETS) yield batch
        else yield* cut(batch)
      }
    }
  } finally {
    closing.abort('closed')
  }
}

interface Opening {
  readonly endpoint: Endpoint
  readonly carrier: Carrier
}

/** A tee: each packet goes to every endpoint. Counts packets and bytes in the stage `output`, for each endpoint. */
export async function openSink(endpoints: readonly string[], options: SinkOptions): Promise<Sink> {
  const outputs = endpoints.map(parseEndpoint).map(endpoint => ({ endpoint, carrier: carrierFor(endpoint) }))
  const named = options.to === 'auto' ? undefined : codecNamed(options.to)
  const { context, strict = false } = options
  const count = context.ledger.stage('output')
  const opened: { readonly name: string; readonly sink: Sink }[] = []
  try {
    for (const { endpoint, carrier } of outputs) {
      const told = named ?? (hasFileName(endpoint) ? codecForPath(endpoint.rest) : undefined)
      const name = withoutSecrets(endpoint.text)
      opened.push({ name, sink: await openOne({ endpoint, carrier }, told, options) })
    }
  } catch (error) {
    await Promise.allSettled(opened.map(({ sink }) => sink.abort?.()))
    throw error
  }
  const [only] = opened
  const sink = opened.length === 1 && only ? only.sink : tee(opened, { strict, warn: context.warn, count })
  context.demand?.add(sink.demand)
  return sink
}

async function openOne({ endpoint, carrier }: Opening, told: Codec | undefined, options: SinkOptions): Promise<Sink> {
  const { context } = options
  const count = context.ledger.stage('output')
  const name = withoutSecrets(endpoint.text)
  const encode = encodeAs(told, options)
  const packets = carrier.sink?.(endpoint, context, encode, options)
  if (packets) return packets
  const outlet = await carrier.outlet?.(endpoint, context)
  if (!outlet) throw new UsageError(`${name}: is no output`)
  const forPerson = told === undefined && outlet.terminal === true
  const sink = encodingSink(outlet, forPerson ? encodeAs(codecNamed('ndjson'), options) : encode, count)
  return byPolicy(sink, name, context)
}

/** Without a codec it is told by the first packet. */
function encodeAs(told: Codec | undefined, options: SinkOptions): Encode {
  const count = options.context.ledger.stage('output')
  // A sink counts whole batches out: a packet that turns out to be unreadable while it is written is taken back.
  const reject: Rejecter = rejected => {
    count.out--
    options.reject(rejected)
  }
  return ([first], begun, wanted) => {
    const usual = told ?? (first ? codecFor(first) : codecNamed('ndjson'))
    const codec = wanted === undefined ? usual : codecNamed(wanted)
    return {
      format: codec.name,
      encoder: codec.encoder({ ...options, reject, ...(begun && { begun }) }),
      shared: codec.name === 'ndjson' || codec.name === 'frame',
    }
  }
}

function hasFileName(endpoint: Endpoint): boolean {
  return endpoint.scheme === 'file' || endpoint.scheme === 'fifo'
}
