// Timestamps of VRT packets: whole seconds of some kind, and a fraction of some kind.

/** The two bits of TSI, by their value: since 1970 in UTC, since 6 January 1980 without leap seconds, or the user's. */
export const SECONDS_KINDS = ['none', 'utc', 'gps', 'other'] as const
/** The two bits of TSF: samples since the second began, picoseconds, or a counter that runs freely. */
export const FRACTION_KINDS = ['none', 'samples', 'picoseconds', 'free'] as const

export interface Stamp {
  readonly secondsKind: number
  readonly seconds: number
  readonly fractionKind: number
  /** A whole number below 2^64. */
  readonly fraction: bigint
}

export const NO_STAMP: Stamp = { secondsKind: 0, seconds: 0, fractionKind: 0, fraction: 0n }

const UTC = 1
const GPS = 2
const SAMPLES = 1
const PICOSECONDS = 2
const PICOSECONDS_A_SECOND = 10n ** 12n
const GPS_EPOCH = Date.UTC(1980, 0, 6) / 1000

/** The days before which UTC fell behind by one second more since the epoch of GPS (IERS Bulletin C). */
const LEAP_DAYS = [
  '1981-07-01',
  '1982-07-01',
  '1983-07-01',
  '1985-07-01',
  '1988-01-01',
  '1990-01-01',
  '1991-01-01',
  '1992-07-01',
  '1993-07-01',
  '1994-07-01',
  '1996-01-01',
  '1997-07-01',
  '1999-01-01',
  '2006-01-01',
  '2009-01-01',
  '2012-07-01',
  '2015-07-01',
  '2017-01-01',
].map(day => Date.parse(day) / 1000)

/** A point in time: seconds since 1970 in UTC, and picoseconds. */
export interface Instant {
  readonly seconds: number
  readonly picoseconds: bigint
}

/** When a stamp was; nothing where its clock is not known, or where the fraction is none of a second. */
export function instantOf(
  { secondsKind, seconds, fractionKind, fraction }: Stamp,
  sampleRate: number | undefined,
): Instant | undefined {
  const since = secondsKind === UTC ? seconds : secondsKind === GPS ? utcOfGps(seconds) : undefined
  if (since === undefined) return undefined
  const picoseconds = picosecondsOf(fractionKind, fraction, sampleRate)
  return picoseconds < PICOSECONDS_A_SECOND ? { seconds: since, picoseconds } : undefined
}

function picosecondsOf(kind: number, fraction: bigint, sampleRate: number | undefined): bigint {
  if (kind === PICOSECONDS) return fraction
  if (kind !== SAMPLES || sampleRate === undefined || !(sampleRate > 0)) return 0n
  return BigInt(Math.round((Number(fraction) / sampleRate) * 1e12))
}

function utcOfGps(seconds: number): number {
  const uncorrected = GPS_EPOCH + seconds
  let leaps = 0
  while (leaps < LEAP_DAYS.length && (LEAP_DAYS[leaps] ?? 0) + leaps <= uncorrected) leaps++
  // During a leap second itself UTC has no number of its own: it is counted to the second before.
  return uncorrected - leaps
}

export interface TimeFields {
  /** RFC 3339 with nine digits of a second. */
  readonly timestamp: string
  /** Nanoseconds since 1970, cut off below. */
  readonly timestamp_ns: string
}

export function timeFields({ seconds, picoseconds }: Instant): TimeFields {
  const nanoseconds = (picoseconds / 1000n).toString().padStart(9, '0')
  const whole = new Date(seconds * 1000).toISOString().slice(0, -5)
  return {
    timestamp: `${whole}.${nanoseconds}Z`,
    timestamp_ns: `${seconds === 0 ? '' : seconds}${nanoseconds}`.replace(/^0+(?=\d)/, ''),
  }
}

/** What a packet's meta says of its time, as a stamp in UTC and picoseconds; nothing where it says nothing readable. */
export function stampOf(timestampNs: unknown, timestamp: unknown): Stamp | undefined {
  if (typeof timestampNs === 'string' && /^\d{1,20}$/.test(timestampNs)) return ofNanoseconds(BigInt(timestampNs))
  if (typeof timestamp !== 'string') return undefined
  const milliseconds = Date.parse(timestamp)
  if (!(milliseconds >= 0)) return undefined
  // Date keeps milliseconds only.
  const digits = /\.(\d{1,12})/.exec(timestamp)?.[1]?.padEnd(12, '0') ?? '0'
  return utcStamp(Math.floor(milliseconds / 1000), BigInt(digits))
}

function ofNanoseconds(nanoseconds: bigint): Stamp | undefined {
  const seconds = Number(nanoseconds / 10n ** 9n)
  return utcStamp(seconds, (nanoseconds % 10n ** 9n) * 1000n)
}

function utcStamp(seconds: number, fraction: bigint): Stamp | undefined {
  if (!(seconds >= 0 && seconds < 2 ** 32)) return undefined
  return { secondsKind: UTC, seconds, fractionKind: PICOSECONDS, fraction }
}

/** The stamp of the sample that comes so many samples after the one that is stamped. */
export function later(stamp: Stamp, samples: number, sampleRate: number | undefined): Stamp {
  const { fractionKind, fraction } = stamp
  if (samples === 0 || fractionKind === 0) return stamp
  if (fractionKind !== PICOSECONDS) return { ...stamp, fraction: fraction + BigInt(samples) }
  const picoseconds = Math.round((samples / (sampleRate ?? 0)) * 1e12)
  if (!(picoseconds >= 0 && Number.isFinite(picoseconds))) return stamp
  const after = fraction + BigInt(picoseconds)
  return {
    ...stamp,
    seconds: stamp.seconds + Number(after / PICOSECONDS_A_SECOND),
    fraction: after % PICOSECONDS_A_SECOND,
  }
}
