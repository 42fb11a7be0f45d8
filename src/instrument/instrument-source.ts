// What an instrument measures, as packets: set up over SCPI, started, read over VRT, and stopped.

import type { CarrierContext } from '../carrier/carrier.ts'
import { decodeChannel } from '../carrier/decode.ts'
import { connect, receive } from '../carrier/socket.ts'
import { VrtDecoder } from '../codec/vrt/decoder.ts'
import { VrtData } from '../codec/vrt/packet.ts'
import { CarrierError, systemReason } from '../errors.ts'
import { type Batch, gapOf, type JsonObject, packet } from '../packet.ts'
import { onDemand } from '../stream/demand.ts'
import type { Rejecter } from '../stream/reject.ts'
import { Analyzer, type AnalyzerSettings, type Sweep } from './analyzer.ts'
import { decimated, MODES } from './receiver-mode.ts'
import { ScpiClient } from './scpi-client.ts'

/** What is to be captured: blocks, one after the other; a stream until it is stopped; a sweep; or nothing. */
export type Job =
  | { readonly kind: 'block'; readonly blocks: number }
  | { readonly kind: 'stream' }
  | { readonly kind: 'sweep'; readonly sweep: Sweep }
  | { readonly kind: 'none' }

export interface InstrumentOptions {
  readonly host: string
  readonly controlPort: number
  readonly dataPort: number
  readonly reset: boolean
  readonly settings: AnalyzerSettings
  /** In the instrument's own words; the answers to questions are packets. */
  readonly commands: readonly string[]
  /** The first packet says who the instrument is. */
  readonly identify: boolean
  readonly job: Job
  /** Captures only while the outputs want it; for a job that does not end by itself. */
  readonly onDemand?: boolean
  readonly context: CarrierContext
  readonly reject: Rejecter
  /** Bytes; see DecodeOptions. */
  readonly maxPacket?: number
}

const PATIENCE_MS = 8000

/** Nothing happens before the first packet is asked for; when nobody asks any more, the capture is stopped. */
export async function* instrumentSource(options: InstrumentOptions): AsyncGenerator<Batch> {
  const { host, controlPort, context, reset, settings, commands, identify, job } = options
  const { stop, warn } = context
  const scpi = await ScpiClient.open({ host, port: controlPort, stop, warn })
  if (!scpi) return
  try {
    const analyzer = new Analyzer(scpi)
    if (identify) yield [packet({ instrument: { ...(await analyzer.identify()) } })]
    await analyzer.forgetErrors()
    if (reset) await analyzer.reset()
    await analyzer.apply(settings)
    for (const text of commands) {
      const answer = await analyzer.say(text)
      if (answer !== undefined) yield [answered(text, answer)]
    }
    if (job.kind === 'none') return
    if (!options.onDemand) return yield* captured(analyzer, job, options)
    const start = (stop: AbortSignal) => captured(analyzer, job, { ...options, context: { ...context, stop } })
    yield* onDemand(start, { demand: context.demand, stop, stage: scpi.name })
  } finally {
    await scpi.close()
  }
}

function answered(text: string, answer: string | Buffer) {
  return typeof answer === 'string' ? packet({ scpi: text, answer }) : packet({ scpi: text, dtype: 'uint8' }, answer)
}

async function* captured(analyzer: Analyzer, job: Job, options: InstrumentOptions): AsyncGenerator<Batch> {
  const { context } = options
  const { host, dataPort } = options
  const name = `vrt://${host.includes(':') ? `[${host}]` : host}:${dataPort}`
  const address = { name, options: { host, port: dataPort } }
  const socket = await connect(address, { wait: PATIENCE_MS, stop: context.stop, warn: context.warn })
  if (!socket) return
  const broken = (error: Error) => new CarrierError(name, systemReason(error), { cause: error })
  const { bytes } = receive(socket, { stop: context.stop, broken })
  try {
    await analyzer.acquire()
    const decoded = await decoding(analyzer, name, bytes, options)
    let isDone = false
    if (job.kind === 'block') isDone = yield* blocks(analyzer, job.blocks, decoded)
    else if (job.kind === 'stream') isDone = yield* stream(analyzer, decoded)
    else if (job.kind === 'sweep') isDone = yield* sweep(analyzer, job.sweep, decoded, options.settings)
    if (!isDone && !context.stop.aborted) throw new CarrierError(name, 'the instrument ended the connection')
  } finally {
    socket.destroy()
  }
}

/** Packets as they come, with what the instrument would not say of them in VRT. */
async function decoding(
  analyzer: Analyzer,
  name: string,
  bytes: AsyncIterable<Uint8Array>,
  { context, reject, maxPacket }: InstrumentOptions,
): Promise<AsyncGenerator<Batch>> {
  const count = context.ledger.stage('input')
  const lose = ({ lost, reason }: { readonly lost: number; readonly reason: string }) => count.drop(reason, lost)
  const beforehand = await unsaid(analyzer)
  const make = (reject: Rejecter) =>
    new VrtDecoder({ source: name, reject, lose, beforehand, ...(maxPacket !== undefined && { maxPacket }) })
  return decodeChannel({ name, bytes }, (_, reject) => make(reject), { count, reject, stop: context.stop })
}

/** Where the centre frequency lies among real samples is known from the mode alone. */
async function unsaid(analyzer: Analyzer): Promise<JsonObject> {
  const { name, decimation } = await analyzer.mode()
  const mode = MODES.find(mode => mode.name === name)
  const centre = mode ? decimated(mode, decimation).centre : 0
  return centre === 0 ? {} : { if_frequency: centre }
}

/** What is captured, and in the end whether that was all. */
type Capturing = AsyncGenerator<Batch, boolean>

async function* blocks(analyzer: Analyzer, wanted: number, packets: AsyncGenerator<Batch>): Capturing {
  const size = await analyzer.packetsPerBlock()
  let done = 0
  let left = size
  if (wanted === 0) return true
  await analyzer.captureBlock()
  for await (const batch of packets) {
    yield batch
    left -= dataIn(batch)
    if (left > 0) continue
    if (++done === wanted) return true
    left += size
    await analyzer.captureBlock()
  }
  return false
}

/** A stream is never all. */
async function* stream(analyzer: Analyzer, packets: AsyncGenerator<Batch>): Capturing {
  await analyzer.startStream()
  try {
    yield* packets
    return false
  } finally {
    await analyzer.stopStream().catch(() => {})
  }
}

async function* sweep(
  analyzer: Analyzer,
  range: Sweep,
  packets: AsyncGenerator<Batch>,
  settings: AnalyzerSettings,
): Capturing {
  const { start, stop, step, iterations } = range
  const perBlock = settings.packetsPerBlock ?? (await analyzer.packetsPerBlock())
  let left = (Math.floor((stop - start) / step) + 1) * perBlock * (iterations || Number.POSITIVE_INFINITY)
  await analyzer.startSweep(range, { ...settings, packetsPerBlock: perBlock })
  try {
    for await (const batch of packets) {
      yield batch
      left -= dataIn(batch)
      if (left <= 0) return true
    }
    return false
  } finally {
    await analyzer.stopSweep().catch(() => {})
  }
}

/** Packets of samples, with those that are missing. */
function dataIn(batch: Batch): number {
  let count = 0
  for (const packet of batch) {
    if (packet instanceof VrtData) count++
    else count += gapOf(packet.meta)?.lost ?? 0
  }
  return count
}
