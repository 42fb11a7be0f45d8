// Ticks of a time axis, at whole seconds, hours, days, months and years, in UTC or in the machine's own zone.

import type { Range, Tick } from './ticks.ts'

export const ZONES = ['utc', 'local'] as const
export type Zone = (typeof ZONES)[number]

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map(count => count * SECOND),
  ...[1, 2, 5, 10, 15, 30].map(count => count * MINUTE),
  ...[1, 2, 3, 6, 12].map(count => count * HOUR),
  ...[1, 2, 7].map(count => count * DAY),
]
/** Months; then years, as 1, 2 or 5 times a power of ten. */
const MONTHS = [1, 2, 3, 6]
const LONGEST_MONTH = 31 * DAY

interface Calendar {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly millisecond: number
}

function calendar(time: number, zone: Zone): Calendar {
  // UTC's fields of a time moved by the zone's distance are those of the zone.
  const date = new Date(time - offset(time, zone))
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth(),
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    millisecond: date.getUTCMilliseconds(),
  }
}

/** Milliseconds that UTC is ahead. */
function offset(time: number, zone: Zone): number {
  return zone === 'utc' ? 0 : new Date(time).getTimezoneOffset() * MINUTE
}

/** At most so many ticks, in milliseconds since 1970; midnight has the date, the rest the time of day. */
export function timeTicks({ from, to }: Range, most: number, zone: Zone): readonly Tick[] {
  const least = (to - from) / Math.max(1, most)
  if (!(least > 0) || !Number.isFinite(least)) return []
  const step = STEPS.find(one => one >= least)
  if (step !== undefined) return clockTicks({ from, to }, step, zone)
  const months = MONTHS.find(count => count * LONGEST_MONTH >= least) ?? 12 * yearsFor(least / (366 * DAY))
  return monthTicks({ from, to }, months, zone)
}

function yearsFor(least: number): number {
  const power = 10 ** Math.max(0, Math.floor(Math.log10(least)))
  return ([1, 2, 5].find(one => one * power >= least) ?? 10) * power
}

function clockTicks({ from, to }: Range, step: number, zone: Zone): Tick[] {
  const ticks: Tick[] = []
  const shift = offset(from, zone)
  for (let local = Math.ceil((from - shift) / step) * step; local + shift <= to; local += step) {
    // Where the clocks change between the two, the tick stays at the whole hour.
    const time = local + offset(local + shift, zone)
    ticks.push({ value: time, label: clockLabel(time, step, zone) })
  }
  return ticks
}

function clockLabel(time: number, step: number, zone: Zone): string {
  const { month, day, hour, minute, second, millisecond } = calendar(time, zone)
  if (step >= DAY || (hour + minute + second + millisecond === 0 && step >= MINUTE))
    return `${two(month + 1)}-${two(day)}`
  const clock = `${two(hour)}:${two(minute)}`
  if (step >= MINUTE) return clock
  const fraction = step >= SECOND ? '' : `.${String(millisecond).padStart(3, '0')}`
  return `${clock}:${two(second)}${fraction}`
}

function monthTicks({ from, to }: Range, months: number, zone: Zone): Tick[] {
  const ticks: Tick[] = []
  const first = calendar(from, zone)
  const begin = Math.floor((first.year * 12 + first.month) / months) * months
  for (let count = begin; ; count += months) {
    const [year, month] = [Math.floor(count / 12), count - 12 * Math.floor(count / 12)]
    const utc = new Date(0).setUTCFullYear(year, month, 1)
    const time = utc + offset(utc, zone)
    // Beyond the last day of the calendar there is no number.
    if (!(time <= to)) return ticks
    const label = months >= 12 ? String(year) : `${year}-${two(month + 1)}`
    if (time >= from) ticks.push({ value: time, label })
  }
}

export function clockText(time: number, zone: Zone, fine: 'seconds' | 'milliseconds' = 'seconds'): string {
  const { hour, minute, second, millisecond } = calendar(time, zone)
  const fraction = fine === 'seconds' ? '' : `.${String(millisecond).padStart(3, '0')}`
  return `${two(hour)}:${two(minute)}:${two(second)}${fraction}`
}

export function dateText(time: number, zone: Zone): string {
  const { year, month, day } = calendar(time, zone)
  return `${String(year).padStart(4, '0')}-${two(month + 1)}-${two(day)}`
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
