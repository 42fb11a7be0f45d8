// Brokers side by side: the same load on each, from and to clients in C.

import { Broker, KINDS, type Load, OURS, type Said } from './broker-servers.ts'
import type { Bar, Bench, Case, Settings, Side } from './harness.ts'

const NATS = 'nats-server'
const MOSQUITTO = 'mosquitto'
const SUBSCRIBERS = 8
const PUBLISHERS = 8
/** Messages that are sent while no subscriber reads: more than the sockets hold. */
const STALLED = 1_000_000

const brokers = new Map(KINDS.map(kind => [kind.name, new Broker(kind)]))

/** One side a broker; what our own loses is a failure. */
function sides(load: Load, value: (said: Said) => number): readonly Side[] {
  return KINDS.map(({ name, needs }) => side(name, ['cc', ...needs], () => under(name, load, value)))
}

function side(name: string, needs: readonly string[], run: Side['run']): Side {
  return { name, needs, run }
}

async function under(name: string, load: Load, value: (said: Said) => number) {
  const broker = brokers.get(name)
  if (!broker) throw new Error(`no broker ${name}`)
  const { said, run } = await broker.under(load)
  if (name === OURS && (said.lost !== 0 || said.disordered !== 0)) {
    throw new Error(`${said.lost} messages lost, ${said.disordered} out of order`)
  }
  return { ...run, value: value(said) }
}

const rate = ({ rate }: Said) => rate
const delivered = ({ got, lost }: Said) => (100 * got) / (got + lost)
const half: Bar = { side: OURS, factor: 0.5, than: NATS }

function rates(scale: number): readonly Case[] {
  const shared = { unit: 'messages/s', better: 'more' } as const
  const seconds = scale
  return [
    {
      title: '1 publisher, 1 subscriber',
      ...shared,
      sides: sides({ seconds }, rate),
      bars: [{ side: OURS, factor: 6, than: MOSQUITTO }, { side: OURS, factor: 6, than: 'aedes' }, half],
    },
    {
      title: `1 publisher, ${SUBSCRIBERS} subscribers: what they get in all`,
      ...shared,
      sides: sides({ seconds, subscribers: SUBSCRIBERS }, rate),
      bars: [half],
    },
    {
      title: `${PUBLISHERS} publishers, 1 subscriber`,
      ...shared,
      sides: sides({ seconds, publishers: PUBLISHERS }, rate),
      bars: [half],
    },
    {
      title: `1 publisher of ${SUBSCRIBERS} topics by turns, ${SUBSCRIBERS} subscribers of one each`,
      ...shared,
      sides: sides({ seconds, subscribers: SUBSCRIBERS, own: 1 }, rate),
      bars: [half],
    },
  ]
}

function ages(scale: number): readonly Case[] {
  const load = { rate: 5000, seconds: 2 * scale }
  const shared = { unit: 'µs', better: 'less' } as const
  const bars = [NATS, MOSQUITTO].map(than => ({ side: OURS, factor: 2, than }))
  return [
    { title: '5,000 messages/s: median of their ages', ...shared, sides: sides(load, ({ p50 }) => p50), bars: [] },
    { title: '5,000 messages/s: 99th percentile of their ages', ...shared, sides: sides(load, ({ p99 }) => p99), bars },
  ]
}

function losses(scale: number): readonly Case[] {
  const shared = { unit: '% received', better: 'more', bars: [{ side: OURS, factor: 100 }] } as const
  const stalled = { stall: 3000, count: STALLED * scale, seconds: 4 }
  return [
    {
      title: '1 publisher at full speed for a while, 1 subscriber',
      ...shared,
      sides: sides({ seconds: 5 * scale }, delivered),
    },
    { title: 'a subscriber that does not read for 3 s meanwhile', ...shared, sides: sides(stalled, delivered) },
  ]
}

/** What one subscriber that does not read is to nine that do. */
function frozen(scale: number): Case {
  const load = { rate: 50_000, seconds: 2 * scale, subscribers: 9 }
  const beside = { ...load, subscribers: 10, frozen: 1 }
  const ours = (name: string, load: Load) =>
    side(name, ['cc', 'broker'], async () => {
      const { said, run } = await brokerOfOurs().under(load, 'drop-oldest')
      if (said.lost !== said.told) throw new Error(`${said.lost} lost, ${said.told} told of`)
      return { ...run, value: said.p99 }
    })
  return {
    title: '50,000 messages/s, nine subscribers that read: 99th percentile of their ages',
    unit: 'µs',
    better: 'less',
    sides: [ours('alone', load), ours('beside one that does not read', beside)],
    bars: [{ side: 'beside one that does not read', factor: 2, than: 'alone' }],
  }
}

export const broker: Bench = {
  name: 'broker',
  summary: 'messages with a payload of 100 B over loopback: ours, NATS, Redis, libzmq, mosquitto, aedes; clients in C',
  async cases({ scale }: Settings): Promise<readonly Case[]> {
    return [...rates(scale), ...ages(scale), ...losses(scale), frozen(scale)]
  },
  async close() {
    for (const broker of brokers.values()) await broker.close()
  },
}

function brokerOfOurs(): Broker {
  const ours = brokers.get(OURS)
  if (!ours) throw new Error(`no broker ${OURS}`)
  return ours
}
