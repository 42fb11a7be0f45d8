// What one sensor is to do: read from `--sensor name=…,interval=…`, filled up from its kind and the defaults.

import { UsageError } from '../errors.ts'
import { PROBES, probeKind } from '../probe/index.ts'
import type { Range } from '../probe/probe.ts'
import { parseProbeSpec } from '../probe/spec.ts'
import { randomStream } from '../random.ts'
import { parseCount, parseDuration, parseNumber } from '../units.ts'
import { SENSOR_KINDS, type SensorKind } from './kinds.ts'

/** Plain data: it travels as JSON into the sensor's own process. */
export interface SensorConfig {
  readonly index: number
  readonly name: string
  readonly probe: string
  /** Milliseconds between ticks; 0 is as fast as possible. */
  readonly interval: number
  readonly range: Range
  readonly unit?: string
  /** Ends after this many messages. */
  readonly count?: number
}

/** One `--sensor` as written. */
export interface SensorSpec {
  readonly text: string
  readonly name?: string
  readonly kind?: string
  readonly probe?: string
  readonly unit?: string
  readonly interval?: number
  readonly count?: number
  readonly min?: number
  readonly max?: number
  readonly digits?: number
}

export interface SensorDefaults {
  /** How many plain sensors there are; default 5 if none is described, else none. */
  readonly sensors?: number | undefined
  readonly probe: string
  readonly interval?: number | undefined
  /** For probes that have a rate and say none. */
  readonly rate?: number | undefined
}

export const DEFAULT_SENSORS = 5
export const DEFAULT_INTERVAL = 5000
const DEFAULT_RANGE: Range = { min: -100, max: 100, digits: 0 }
const KEYS = ['name', 'kind', 'probe', 'unit', 'interval', 'count', 'min', 'max', 'digits'] as const

/** The probes' own parameters may stand beside the sensor's: `probe=sine,period=10s` is `probe=sine?period=10s`. */
const PROBE_KEYS: readonly string[] = PROBES.flatMap(({ params }) => params.map(({ name }) => name))

/** `temperature` alone is `kind=temperature`. A comma ends a value only where a key follows. */
export function parseSensor(text: string): SensorSpec {
  if (/^[a-z]+$/.test(text)) return { text, kind: text }
  const values = new Map<string, string>()
  const params: string[] = []
  for (const part of text.split(new RegExp(`,(?=(?:${[...KEYS, ...PROBE_KEYS].join('|')})=)`))) {
    const equals = part.indexOf('=')
    const key = part.slice(0, Math.max(equals, 0))
    if (PROBE_KEYS.includes(key)) {
      params.push(part)
      continue
    }
    if (!KEYS.some(known => known === key)) {
      throw new UsageError(`sensor '${text}': '${part}': expected one of ${KEYS.map(known => `${known}=…`).join(', ')}`)
    }
    if (values.has(key)) throw new UsageError(`sensor '${text}': ${key} is given twice`)
    values.set(key, part.slice(equals + 1))
  }
  if (params.length > 0) {
    const probe = values.get('probe')
    if (probe === undefined) throw new UsageError(`sensor '${text}': '${params[0]}' needs a probe=…`)
    values.set('probe', `${probe}${probe.includes('?') ? '&' : '?'}${params.join('&')}`)
  }
  return {
    text,
    ...words(values, ['name', 'kind', 'probe', 'unit']),
    ...numbers(text, values, { interval: parseDuration }),
    ...numbers(text, values, { count: parseCount, digits: parseCount }),
    ...numbers(text, values, { min: parseNumber, max: parseNumber }),
  }
}

function words(values: ReadonlyMap<string, string>, keys: readonly string[]): Record<string, string> {
  return Object.fromEntries(keys.flatMap(key => (values.has(key) ? [[key, values.get(key) ?? '']] : [])))
}

function numbers(
  text: string,
  values: ReadonlyMap<string, string>,
  parsers: Readonly<Record<string, (text: string) => number>>,
): Record<string, number> {
  const result: Record<string, number> = {}
  for (const [key, parse] of Object.entries(parsers)) {
    const value = values.get(key)
    if (value === undefined) continue
    try {
      result[key] = parse(value)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new UsageError(`sensor '${text}': ${key}: ${reason}`, { cause: error })
    }
  }
  return result
}

/** The plain sensors, then the described ones, each complete and with a name of its own. */
export function sensorConfigs(specs: readonly SensorSpec[], defaults: SensorDefaults): readonly SensorConfig[] {
  const plain = defaults.sensors ?? (specs.length > 0 ? 0 : DEFAULT_SENSORS)
  const all = [...(specs.length > 0 ? plainSpecs(plain) : expanded(plain, defaults)), ...specs]
  const configs = all.map((spec, index) => sensorConfig(spec, index, defaults))
  const names = new Set<string>()
  for (const { name } of configs) {
    if (names.has(name)) throw new UsageError(`two sensors are called '${name}': names tell messages apart`)
    names.add(name)
  }
  if (configs.length === 0) throw new UsageError('no sensors: expected --sensors 1 or more, or a --sensor')
  return configs
}

function plainSpecs(count: number): readonly SensorSpec[] {
  return Array.from({ length: count }, () => ({ text: '' }))
}

/** A probe that measures several things, asked for without saying which, is one sensor for each. */
function expanded(plain: number, { probe, sensors }: SensorDefaults): readonly SensorSpec[] {
  const spec = parseProbeSpec(probe)
  const parts = sensors === undefined ? (probeKind(spec).parts?.(spec) ?? []) : []
  return parts.length > 0 ? parts.map(({ name, text }) => ({ text, name, probe: text })) : plainSpecs(plain)
}

function sensorConfig(spec: SensorSpec, index: number, defaults: SensorDefaults): SensorConfig {
  const kind = spec.kind === undefined ? undefined : sensorKind(spec.kind)
  const probe = withRate(spec.probe ?? defaults.probe, defaults.rate)
  const probeSpec = parseProbeSpec(probe)
  const measures = probeKind(probeSpec)
  const range = {
    min: spec.min ?? kind?.range.min ?? Math.min(DEFAULT_RANGE.min, spec.max ?? 0),
    max: spec.max ?? kind?.range.max ?? Math.max(DEFAULT_RANGE.max, spec.min ?? 0),
    digits: spec.digits ?? kind?.range.digits ?? DEFAULT_RANGE.digits,
  }
  if (range.min > range.max) throw new UsageError(`sensor '${spec.text}': min=${range.min} is above max=${range.max}`)
  if (range.digits > 6) throw new UsageError(`sensor '${spec.text}': digits=${range.digits}: expected 0 to 6`)
  // Its parameters are looked at here, where wrong ones are wrong usage.
  measures.make(probeSpec, { random: randomStream('', ''), range, reject: () => {} })
  const unit = spec.unit ?? kind?.unit ?? measures.unit?.(probeSpec)
  return {
    index,
    name: spec.name ?? `${kind?.prefix ?? 'Sensor'}-${index}`,
    probe,
    interval:
      spec.interval ?? kind?.interval ?? defaults.interval ?? measures.interval?.(probeSpec) ?? DEFAULT_INTERVAL,
    range,
    ...(unit !== undefined && { unit }),
    ...(spec.count !== undefined && { count: spec.count }),
  }
}

function withRate(probe: string, rate: number | undefined): string {
  const spec = parseProbeSpec(probe)
  const takesRate = probeKind(spec).params.some(({ name }) => name === 'rate')
  if (rate === undefined || !takesRate || spec.params.has('rate')) return probe
  return `${probe}${probe.includes('?') ? '&' : '?'}rate=${rate}`
}

function sensorKind(name: string): SensorKind {
  const kind = SENSOR_KINDS.find(kind => kind.name === name)
  if (!kind) {
    throw new UsageError(
      `unknown kind of sensor '${name}': known are ${SENSOR_KINDS.map(({ name }) => name).join(', ')}`,
    )
  }
  return kind
}
