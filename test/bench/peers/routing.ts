// One side of the routing bench in a process of its own: MATCHER KIND BINDINGS, and prints operations a second.

import { createRequire } from 'node:module'
import { Router } from '../../../src/topic/router.ts'

/** As much of a matcher as both sides have. */
interface Matcher {
  bind(pattern: string, target: number): void
  unbind(pattern: string, target: number): void
  match(address: string): ReadonlyArray<number>
}

const TARGETS = 1000
const SITES = 100

function matcherNamed(name: string): Matcher {
  if (name === 'router') return new Router<number>()
  const { Qlobber } = createRequire(import.meta.url)('qlobber')
  const qlobber = new Qlobber()
  return {
    bind: (pattern, target) => qlobber.add(pattern, target),
    unbind: (pattern, target) => qlobber.remove(pattern, target),
    match: address => qlobber.match(address),
  }
}

/** Seven in ten are exact addresses, two end in `*`, one in `#`. */
function patternOf(index: number): string {
  const kind = index % 10
  const device = `site${index % SITES}.device${Math.floor(index / SITES)}`
  return `${device}.${kind < 7 ? 'temperature' : kind < 9 ? '*' : '#'}`
}

function fill(matcher: Matcher, bindings: number): void {
  for (let index = 0; index < bindings; index++) matcher.bind(patternOf(index), index % TARGETS)
}

/** As they come from a socket: each a string of its own, in no order of the bindings. */
function addresses(count: number, devices: number, last: (index: number) => string): readonly string[] {
  return Array.from({ length: count }, (_, index) => {
    const text = `site${(index * 37) % SITES}.device${(index * 7919) % devices}.${last(index)}`
    return Buffer.from(text).toString('latin1')
  })
}

const MILLISECONDS = 400

/**
 * Operations a second of processor time, which others cannot take, of portions that are made while the clock stands; the
 * first tells nothing.
 */
function measure<Portion extends { readonly length: number }>(
  make: () => Portion,
  use: (portion: Portion) => void,
): number {
  use(make())
  let done = 0
  let spent = 0
  while (spent < MILLISECONDS) {
    const portion = make()
    const start = process.cpuUsage()
    use(portion)
    const { user, system } = process.cpuUsage(start)
    spent += (user + system) / 1000
    done += portion.length
  }
  return (done / spent) * 1000
}

let reached = 0

function matchAll(matcher: Matcher, keys: readonly string[]): void {
  for (const key of keys) reached += matcher.match(key).length
}

const KINDS: Readonly<Record<string, (matcher: Matcher, bindings: number) => number>> = {
  again: (matcher, bindings) => {
    const keys = addresses(50_000, bindings / SITES, () => 'temperature')
    return measure(
      () => keys,
      keys => matchAll(matcher, keys),
    )
  },
  fresh: matcher => {
    let count = 0
    // The devices of the first 10,000 bindings, however many there are.
    const make = () => addresses(20_000, 100, () => `x${count++}`)
    return measure(make, keys => matchAll(matcher, keys))
  },
  churn: (matcher, bindings) => {
    const keys = addresses(1000, bindings / SITES, () => 'temperature')
    let turn = 0
    return measure(
      () => keys,
      keys => {
        for (let start = 0; start < keys.length; start += 100) {
          const pattern = `site${(turn >> 1) % SITES}.*.temperature`
          if (turn++ % 2 === 0) matcher.bind(pattern, TARGETS)
          else matcher.unbind(pattern, TARGETS)
          matchAll(matcher, keys.slice(start, start + 100))
        }
      },
    )
  },
}

const [name = 'router', kind = 'again', bindings = '100000'] = process.argv.slice(2)
const matcher = matcherNamed(name)
const start = performance.now()
fill(matcher, Number(bindings))
const made = (Number(bindings) / (performance.now() - start)) * 1000
const value = KINDS[kind]?.(matcher, Number(bindings)) ?? made
if (kind in KINDS && reached === 0) throw new Error('no address reached a target')
process.stdout.write(`${JSON.stringify({ value, rss: process.memoryUsage().rss / 1e6 })}\n`)
