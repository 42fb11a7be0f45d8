// What became of a stream that the probe `sequence` made: lost, duplicated, reordered, corrupt, and how late.

import { placeOf } from '../codec/place.ts'
import { DataError } from '../errors.ts'
import { gapOf, type Packet } from '../packet.ts'
import type { StageCount } from '../stream/ledger.ts'
import { Histogram } from './histogram.ts'
import { Holes, type Range } from './holes.ts'
import { type SequenceRecord, sequenceRecord } from './sequence-record.ts'

/** A packet this far behind the newest of its sensor is known to be late or repeated; further back it is stale. */
export const WINDOW = 65_536
/** A timestamp further than a day from now is of a schedule, not of a clock. */
const BELIEVABLE = 86_400_000
/** More are no sensors, but names that never repeat. */
export const MOST_SENSORS = 65_536
/** Ranges of missing numbers told for each sensor. */
const REMEMBERED = 100

export interface VerifyOptions {
  /** The stream was joined midway: each sensor begins with the first number seen, not with 0. */
  readonly midway: boolean
  /** Packets there should be in all. */
  readonly expect?: number | undefined
}

export interface SensorFindings {
  readonly received: number
  /** Numbers that did not come intact: lost, or corrupt where the number cannot be believed. */
  readonly missing: number
  readonly duplicated: number
  readonly reordered: number
  readonly missing_ranges: readonly Range[]
}

export interface Findings {
  /** Packets of the probe, intact or corrupt, each as often as it came. */
  readonly received: number
  readonly lost: number
  readonly duplicated: number
  readonly reordered: number
  readonly corrupt: number
  /** Too far behind the others to be told from a duplicate. */
  readonly stale: number
  /** Packets of something else. */
  readonly foreign: number
  /** Intact packets beyond the number expected. */
  readonly unexpected: number
  readonly gaps: { readonly records: number; readonly lost: number }
  readonly latency_us: Readonly<Record<'p50' | 'p90' | 'p99' | 'max', number>> | null
  readonly sensors: Readonly<Record<string, SensorFindings>>
}

interface Tracked {
  readonly holes: Holes
  received: number
  duplicated: number
  reordered: number
}

export class Verifier {
  readonly #options: VerifyOptions
  readonly #sensors = new Map<string, Tracked>()
  readonly #latency = new Histogram()
  #received = 0
  #corrupt = 0
  /** Corrupt packets that stand for one of the missing numbers, nobody knows which. */
  #unplaced = 0
  #stale = 0
  #foreign = 0
  #gapRecords = 0
  #gapLost = 0

  constructor(options: VerifyOptions) {
    this.#options = options
  }

  /** `now` is in milliseconds since 1970. Throws DataError where the packet cannot be read, or is of one sensor too many. */
  take(packet: Packet, now: number): void {
    const record = sequenceRecord(packet)
    if (record && this.#sensors.size === MOST_SENSORS && !this.#sensors.has(record.name))
      throw new DataError(placeOf(packet), `too many sensors: expected at most ${MOST_SENSORS}`)
    if (record) this.#count(record, now)
    else {
      const gap = gapOf(packet.meta)
      if (gap) {
        this.#gapRecords++
        this.#gapLost += gap.lost
      } else this.#foreign++
    }
  }

  #count(record: SequenceRecord, now: number): void {
    this.#received++
    if (!record.intact) {
      this.#countCorrupt(record)
      return
    }
    const sensor = this.#sensor(record.name)
    sensor.received++
    const arrival = sensor.holes.arrive(record.seq)
    if (arrival === 'repeated') sensor.duplicated++
    else if (arrival === 'late') sensor.reordered++
    else if (arrival === 'stale') this.#stale++
    if (Math.abs(now - record.time) < BELIEVABLE) this.#latency.add(Math.max(0, now - record.time) * 1000)
  }

  /** A corrupt packet's own word is believed where it fits: then it is not counted as lost, too. */
  #countCorrupt({ name, seq }: SequenceRecord): void {
    this.#corrupt++
    const sensor = this.#sensors.get(name)
    const fits = sensor?.holes.wants(seq) || (sensor === undefined && seq === 0 && !this.#options.midway)
    if (fits) this.#sensor(name).holes.arrive(seq)
    else this.#unplaced++
  }

  #sensor(name: string): Tracked {
    const known = this.#sensors.get(name)
    if (known) return known
    const first = this.#options.midway ? undefined : 0
    const holes = new Holes({ first, window: WINDOW, remembered: REMEMBERED })
    const sensor = { holes, received: 0, duplicated: 0, reordered: 0 }
    this.#sensors.set(name, sensor)
    return sensor
  }

  findings(): Findings {
    const sensors = [...this.#sensors.values()]
    const sum = (count: (sensor: Tracked) => number) => sensors.reduce((total, sensor) => total + count(sensor), 0)
    const missing = sum(({ holes }) => holes.missing)
    const duplicated = sum(sensor => sensor.duplicated)
    const distinct = this.#received - duplicated - this.#stale
    const found = Math.max(0, missing - this.#unplaced)
    // Numbers lost at the very end leave no hole: only the expectation tells of them.
    const { expect } = this.#options
    const lost = expect === undefined ? found : Math.max(found, expect - distinct)
    return {
      received: this.#received,
      lost,
      duplicated,
      reordered: sum(sensor => sensor.reordered),
      corrupt: this.#corrupt,
      stale: this.#stale,
      foreign: this.#foreign,
      unexpected: expect === undefined ? 0 : Math.max(0, distinct - expect),
      gaps: { records: this.#gapRecords, lost: this.#gapLost },
      latency_us: this.#latencies(),
      sensors: Object.fromEntries([...this.#sensors].map(([name, sensor]) => [name, sensorFindings(sensor)])),
    }
  }

  #latencies(): Findings['latency_us'] {
    const latency = this.#latency
    if (latency.count === 0) return null
    const at = (fraction: number) => Math.round(latency.percentile(fraction))
    return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: Math.round(latency.max) }
  }
}

function sensorFindings({ received, duplicated, reordered, holes }: Tracked): SensorFindings {
  return { received, missing: holes.missing, duplicated, reordered, missing_ranges: holes.ranges }
}

/** Puts into the ledger what makes the run one with losses. */
export function countFindings(findings: Findings, count: StageCount): void {
  if (findings.lost > 0) count.drop('lost', findings.lost)
  for (const kind of ['corrupt', 'duplicated', 'reordered', 'stale', 'foreign', 'unexpected'] as const) {
    if (findings[kind] > 0) count.reject(kind, findings[kind])
  }
}

/** For people: `10000 received: 3 lost, 1 corrupt; latency p50 90 µs, p99 310 µs, max 2 ms`. */
export function findingsText(findings: Findings): string {
  const kinds = ['lost', 'duplicated', 'reordered', 'corrupt', 'stale', 'foreign', 'unexpected'] as const
  const wrong = kinds.flatMap(kind => (findings[kind] > 0 ? [`${findings[kind]} ${kind}`] : []))
  const { gaps, latency_us: latency } = findings
  if (gaps.records > 0) wrong.push(`${gaps.records} gap records announce ${gaps.lost} lost`)
  const verdict = wrong.length > 0 ? wrong.join(', ') : 'nothing is wrong'
  const times = latency ? `; latency p50 ${latency.p50} µs, p99 ${latency.p99} µs, max ${latency.max} µs` : ''
  return `${findings.received} received: ${verdict}${times}`
}
