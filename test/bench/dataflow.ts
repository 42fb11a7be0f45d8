// From devices through a broker to endpoints: the ways to deliver, beside the seed's ways in Python.

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Bench, Case, Run, Settings, Side } from './harness.ts'
import { environment, peer, peerPath, shell } from './machine.ts'

const execute = promisify(execFile)

/** What each message costs at both ends, and how many are sent: at full speed, and in Python. */
const LOADS = [
  { load: 'none', what: 'nothing', messages: 200_000, python: 50_000 },
  { load: 'sleep', what: 'a sleep of 50 µs', messages: 2_000, python: 2_000 },
  { load: 'compute', what: 'a loop of 2,000 turns', messages: 20_000, python: 2_000 },
  { load: 'udp', what: 'a UDP datagram', messages: 10_000, python: 20_000 },
] as const

const WAYS = [
  { way: 'loop', name: 'event loop' },
  { way: 'threads', name: 'a thread an endpoint' },
  { way: 'pool', name: 'a pool of threads' },
  { way: 'ports', name: 'a thread an endpoint, message ports' },
] as const

/** What the seed's own code reached, messages a second without a load: with threads, and in one. */
const SEED_THREADED = 14_400
const SEED_SEQUENTIAL = 259_000

type Figure = 'rate' | 'p50' | 'p99'

interface Amount {
  readonly load: string
  readonly messages: number
  readonly devices: number
  /** Microseconds between two messages of one device. */
  readonly interval: number
  /** Which get each message. With more than one, devices have no load. */
  readonly endpoints?: number
}

function oursSide({ way, name }: (typeof WAYS)[number], figure: Figure, amount: Amount): Side {
  const { load, messages, devices, interval, endpoints = 1 } = amount
  const numbers = [messages, devices, interval, endpoints].map(String)
  const at = endpoints > 1 ? 'endpoints' : 'both'
  const words = ['--import', 'tsx', peerPath('dataflow.ts'), way, load, ...numbers, at]
  return {
    name,
    needs: [],
    run: async () => figureOf((await execute(process.execPath, words, { env: environment })).stdout, figure),
  }
}

function pythonSide(way: 'sequential' | 'threads', figure: Figure, amount: Amount): Side {
  const { load, messages, devices, interval } = amount
  return {
    name: way === 'threads' ? 'python, threads' : 'python, one thread',
    needs: ['python3'],
    run: async () =>
      figureOf(await shell(peer('dataflow.py', `${way} ${load} ${messages} ${devices} ${interval}`)), figure),
  }
}

function figureOf(text: string, figure: Figure): Run {
  const said: Record<string, unknown> = JSON.parse(text)
  return { value: Number(said[figure]) }
}

function rateCase({ load, what, messages, python }: (typeof LOADS)[number], scale: number): Case {
  const amount = { load, messages: Math.round(messages * scale), devices: 1, interval: 0 }
  const theirs = { ...amount, messages: Math.round(python * scale) }
  const bars = [
    { side: 'event loop', factor: SEED_SEQUENTIAL },
    { side: 'event loop', factor: 20 * SEED_THREADED },
    { side: 'event loop', factor: 3, than: 'python, threads' },
  ]
  return {
    title: `one device, one endpoint, at each end ${what} for each message`,
    unit: 'messages/s',
    better: 'more',
    sides: [
      ...WAYS.map(way => oursSide(way, 'rate', amount)),
      pythonSide('sequential', 'rate', theirs),
      pythonSide('threads', 'rate', theirs),
    ],
    bars: load === 'none' ? bars : [],
  }
}

/** Where threads could pay: more endpoints that compute than the one thread of an event loop. */
function computeCase(scale: number): Case {
  const amount = { load: 'heavy', messages: Math.round(4_000 * scale), devices: 1, interval: 0, endpoints: 2 }
  return {
    title: 'one device without a load, two endpoints that each turn a loop 40,000 times for each message',
    unit: 'messages/s',
    better: 'more',
    sides: WAYS.map(way => oursSide(way, 'rate', amount)),
    bars: [],
  }
}

function ageCase(figure: 'p50' | 'p99', scale: number): Case {
  const amount = { load: 'none', messages: Math.round(2000 * scale), devices: 4, interval: 4000 }
  return {
    title: `four devices, 1,000 messages a second in all: ${figure} of the age at the endpoint`,
    unit: 'µs',
    better: 'less',
    sides: [...WAYS.map(way => oursSide(way, figure, amount)), pythonSide('threads', figure, amount)],
    // The 99th percentile is that of the machine's other work as much as of ours.
    bars: figure === 'p50' ? [{ side: 'event loop', factor: 1, than: 'python, threads' }] : [],
  }
}

export const dataflow: Bench = {
  name: 'dataflow',
  summary:
    'devices in threads, a broker, endpoints in the event loop, in threads, in a pool: rates under four loads, ages',
  async cases({ scale }: Settings): Promise<readonly Case[]> {
    const rates = LOADS.map(load => rateCase(load, scale))
    return [...rates, computeCase(scale), ageCase('p50', scale), ageCase('p99', scale)]
  },
}
