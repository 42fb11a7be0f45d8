// What a simulated receiver sends: context, then packets of samples, one after the other as their time comes.

import { writeBody } from '../codec/vrt/body.ts'
import { isContextType, TYPE } from '../codec/vrt/header.ts'
import { withIndicators } from '../codec/vrt/indicators.ts'
import { DIGITIZER, EXTENSION, RECEIVER } from '../codec/vrt/thinkrf.ts'
import { endsOf, type Wire } from '../codec/vrt/wire.ts'
import type { JsonObject } from '../packet.ts'
import { bandwidthOf } from './receiver-mode.ts'
import { hearingOf, type Settings, type SimulatedReceiver, type SweepEntry } from './simulated-receiver.ts'

/** Packets to be sent together, and how long their samples last, in seconds. */
export interface Sent {
  readonly bytes: readonly Buffer[]
  readonly seconds: number
}

/** Asked for what comes next, with the seconds by which it is late; gives nothing at its end. */
export type Capture = (late: number) => Sent | undefined

/** So many seconds of samples fit into the receiver's memory: beyond that they are lost. */
const MEMORY_SECONDS = 0.25
/** A synthesizer needs so long until it has another frequency. */
const TUNING_SECONDS = 0.001
const MODULUS = 16
/** In picoseconds. */
const SECOND = 1e12

/** One for each receiver: its packet counters and its clock go on from capture to capture. */
export class Transmitter {
  readonly #receiver: SimulatedReceiver
  readonly #counts = new Map<number, number>()
  /** Picoseconds from 1970 until the receiver was switched on. */
  readonly #begun = BigInt(Date.now()) * 1_000_000_000n
  /** Picoseconds of samples since then. */
  #elapsed = 0n
  /** What context was last sent for. */
  #told: Settings | undefined

  constructor(receiver: SimulatedReceiver) {
    this.#receiver = receiver
  }

  /** As many packets as a block has, at once. */
  block(): Capture {
    let left = this.#receiver.settings.packetsPerBlock
    this.#told = undefined
    return () => (left-- > 0 ? this.#next(this.#receiver.settings, 0) : undefined)
  }

  /** Without end. What comes too late for the memory is lost, and the packet before it says so. */
  stream(id: number): Capture {
    let start: JsonObject | undefined = { stream_start: id }
    this.#told = undefined
    return late => {
      const sent = this.#next(this.#receiver.settings, late > MEMORY_SECONDS ? late : 0, start)
      start = undefined
      return sent
    }
  }

  /** Each entry of the list, each of its frequencies; again as often as was asked for, 0 for ever. */
  sweep(id: number): Capture {
    const steps = this.#steps([...this.#receiver.entries], this.#receiver.iterations)
    let start: JsonObject | undefined = { sweep_start: id }
    return () => {
      const step = steps.next()
      if (step.done) return undefined
      const sent = this.#next(step.value.settings, 0, start)
      start = undefined
      return { ...sent, seconds: sent.seconds + (step.value.tuned ? TUNING_SECONDS : 0) }
    }
  }

  *#steps(entries: readonly SweepEntry[], iterations: number): Generator<{ settings: Settings; tuned: boolean }> {
    for (let turn = 0; iterations === 0 || turn < iterations; turn++) {
      for (const entry of entries) {
        for (let frequency = entry.frequency; frequency <= entry.stop; frequency += entry.step) {
          const settings = { ...entry, frequency }
          for (let packet = 0; packet < entry.packetsPerBlock; packet++) yield { settings, tuned: packet === 0 }
        }
      }
    }
  }

  /** The next packet of samples, behind the context it needs; `lost` seconds of samples after it are left out. */
  #next(settings: Settings, lost: number, start?: JsonObject): Sent {
    const bytes: Buffer[] = []
    if (start) this.#send(bytes, TYPE.extensionContext, EXTENSION, writeBody(TYPE.extensionContext, EXTENSION, start))
    if (this.#told !== settings) this.#tell(settings, bytes)
    const { mode, ...hearing } = hearingOf(settings)
    const samples = settings.samplesPerPacket
    const first = Math.round((Number(this.#elapsed) * mode.sampleRate) / SECOND)
    const heard = this.#receiver.signal.hear(first, samples, { mode, ...hearing })
    const flags = { valid_data: true, reference_lock: true, spectral_inversion: false }
    const trailer = withIndicators(0, { ...flags, over_range: heard.overRange, sample_loss: lost > 0 })
    this.#send(bytes, TYPE.dataWithStream, mode.stream, heard.bytes, trailer)
    const seconds = samples / mode.sampleRate + lost
    this.#elapsed += BigInt(Math.round(seconds * SECOND))
    return { bytes, seconds }
  }

  #tell(settings: Settings, bytes: Buffer[]): void {
    this.#told = settings
    const { mode, frequency, referenceLevel } = hearingOf(settings)
    const receiver = {
      reference_point: 1,
      rf_frequency: frequency,
      gain: [0, settings.gain],
      temperature: this.#receiver.temperature,
    }
    const digitizer = { bandwidth: bandwidthOf(mode), reference_level: referenceLevel }
    for (const [stream, context] of [
      [RECEIVER, receiver],
      [DIGITIZER, digitizer],
    ] as const)
      this.#send(bytes, TYPE.context, stream, writeBody(TYPE.context, stream, context))
  }

  #send(into: Buffer[], type: number, stream: number, body: Buffer, trailer?: number): void {
    const now = this.#begun + this.#elapsed
    const stamp = {
      secondsKind: 1,
      seconds: Number(now / BigInt(SECOND)),
      fractionKind: 2,
      fraction: now % BigInt(SECOND),
    }
    const count = this.#counts.get(stream) ?? 0
    this.#counts.set(stream, (count + 1) % MODULUS)
    const wire: Wire = { type, stream, count, classId: undefined, stamp, coarse: false, reserved: 0, trailer }
    const { head, tail } = endsOf(wire, count, { bytes: body, padding: 0 })
    into.push(head, body, ...(isContextType(type) ? [] : [tail]))
  }
}
