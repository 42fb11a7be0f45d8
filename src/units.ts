// Durations, sizes, counts, rates and fractions as people write them.

import { UsageError } from './errors.ts'

const MILLISECONDS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

const DECIMAL: Readonly<Record<string, number>> = { '': 1, k: 1e3, K: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15 }
const BINARY: Readonly<Record<string, number>> = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50 }

/** `500ms`, `5s`, `1m30s`, `1h2m`, `12:34`, `1:02:03`, or plain seconds (`2.5`) → milliseconds. */
export function parseDuration(text: string): number {
  const plain = /^\d*\.?\d+$/.exec(text)
  if (plain) return Number(text) * 1000
  const clock = /^(?:(\d+):)?(\d+):([0-5]?\d(?:\.\d+)?)$/.exec(text)
  if (clock) return (Number(clock[1] ?? 0) * 3600 + Number(clock[2]) * 60 + Number(clock[3])) * 1000
  let rest = text
  let total = 0
  while (rest !== '') {
    const part = /^(\d*\.?\d+)(ns|us|µs|μs|ms|s|min|m|h|d|w)/.exec(rest)
    if (!part) throw new UsageError(`'${text}' is no duration: expected for example 500ms, 5s, 1m30s, 1h2m, 12:34`)
    total += Number(part[1]) * (MILLISECONDS[part[2] ?? ''] ?? Number.NaN)
    rest = rest.slice(part[0].length)
  }
  if (text === '') throw new UsageError('an empty duration: expected for example 500ms, 5s, 1m30s')
  return total
}

/** Milliseconds → the shortest of `ms`, `s`, `1m30s` that says the same. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1) return `${Math.round(milliseconds * 1e3)}us`
  if (milliseconds < 1000) return `${Number(milliseconds.toPrecision(3))}ms`
  const seconds = milliseconds / 1000
  if (seconds < 60) return `${Number(seconds.toPrecision(3))}s`
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor((seconds % 3600) / 60)
  const rest = Math.floor(seconds % 60)
  return [hours ? `${hours}h` : '', minutes ? `${minutes}m` : '', rest ? `${rest}s` : ''].join('')
}

/** `64KiB`, `10MB`, `1.5G`, `4096` → bytes. */
export function parseSize(text: string): number {
  const parts = /^(\d*\.?\d+)\s*([kKMGTP]i|[kKMGTP])?[Bb]?$/.exec(text)
  const prefix = parts?.[2] ?? ''
  const factor = BINARY[prefix === 'ki' ? 'Ki' : prefix] ?? DECIMAL[prefix]
  if (!parts || factor === undefined)
    throw new UsageError(`'${text}' is no size: expected for example 4096, 64KiB, 10MB`)
  return Math.round(Number(parts[1]) * factor)
}

export function formatSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${Number(value.toPrecision(3))} ${units[unit]}`
}

/** `100`, `1k`, `2.4M`, `-3.5e6` → a number; a trailing `Hz` is allowed. */
export function parseNumber(text: string): number {
  const parts = /^([+-]?\d*\.?\d+(?:[eE][+-]?\d+)?)([kKMGTP])?(?:Hz)?$/.exec(text)
  if (!parts) throw new UsageError(`'${text}' is no number: expected for example 100, 1k, 2.4M`)
  return Number(parts[1]) * (DECIMAL[parts[2] ?? ''] ?? Number.NaN)
}

/** A whole number that is not negative: `5`, `1k`. */
export function parseCount(text: string): number {
  const value = parseNumber(text)
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new UsageError(`'${text}' is no count: expected a whole number, for example 5 or 1k`)
  }
  return value
}

/** `1%`, `0.01` → a fraction between 0 and 1. */
export function parseFraction(text: string): number {
  const parts = /^(\d*\.?\d+(?:[eE][+-]?\d+)?)(%?)$/.exec(text)
  const value = parts ? Number(parts[1]) / (parts[2] === '%' ? 100 : 1) : Number.NaN
  if (!(value >= 0 && value <= 1)) throw new UsageError(`'${text}' is no fraction: expected for example 1% or 0.01`)
  return value
}

/** `1035,1060` or `1035x1060` → the lengths of an array's dimensions. */
export function parseShape(text: string): readonly number[] {
  const sides = text.split(/[,x]/).map(side => (/^\d+$/.test(side.trim()) ? Number(side) : Number.NaN))
  if (!sides.every(Number.isSafeInteger)) {
    throw new UsageError(`'${text}' is no shape: expected whole numbers, for example 1035,1060`)
  }
  return sides
}
