// Brokers side by side: the same load on each, from and to clients in C.

import { Broker, KINDS, type Load, OURS, type Said } from './broker-servers.ts'
import type { Bar, Bench, Case, Run, Settings, Side } from './harness.ts'

const NATS = 'nats-server'
const MOSQUITTO = 'mosquitto'
const SUBSCRIBERS = 8
const PUBLISHERS = 8
/** Messages that are sent while no subscriber reads: more than the sockets hold. */
const STALLED = 1_000_000
const WINDOWS = 5

const brokers = new Map(KINDS.map(kind => [kind.name, new Broker(kind)]))

interface Outcome {
  readonly said: Said
  readonly run: Run
}

/** What is read off a run. */
interface Reading extends Pick<Case, 'title' | 'unit' | 'better' | 'bars'> {
  readonly value: (outcome: Outcome) => number
}

/** Cases about the same runs: the first makes them, the others read on in them. */
function readings(load: Load, some: readonly Reading[], run = under): readonly Case[] {
  const outcomes = new Map(KINDS.map(({ name }): [string, Outcome[]] => [name, []]))
  return some.map(({ value, ...reading }, place) => ({
    ...reading,
    sides: KINDS.map(({ name, needs }): Side => {
      let round = 0
      const read = async () => {
        const made = outcomes.get(name) ?? []
        if (place === 0) made.push(await run(name, load))
        const outcome = made[round++]
        if (!outcome) throw new Error('its runs failed')
        return { ...outcome.run, value: value(outcome) }
      }
      return { name, needs: ['cc', ...needs], run: read }
    }),
  }))
}

/** What our own loses is a failure. */
async function under(name: string, load: Load, policy?: string): Promise<Outcome> {
  const broker = brokers.get(name)
  if (!broker) throw new Error(`no broker ${name}`)
  const outcome = await broker.under(load, policy)
  const { lost, told, disordered } = outcome.said
  if (name === OURS && (lost !== told || (told > 0 && policy === undefined) || disordered > 0)) {
    throw new Error(`${lost} messages lost, ${told} told of, ${disordered} out of order`)
  }
  return outcome
}

/** The calmest of some runs: a late message is late mostly because the machine did something else. */
async function calmest(name: string, load: Load, policy?: string): Promise<Outcome> {
  let best = await under(name, load, policy)
  for (let run = 1; run < WINDOWS; run++) {
    const next = await under(name, load, policy)
    if (next.said.p99 < best.said.p99) best = next
  }
  return best
}

const half: Bar = { side: OURS, factor: 0.5, than: NATS }
const twice: Bar = { side: OURS, factor: 2, than: NATS }

/** Microseconds of processor time. */
const cost = ({ run, said }: Outcome) => ((run.cpu ?? Number.NaN) * 1e6) / said.got

/** What comes through, and what it costs, which says more where others use the machine, too. */
function through(title: string, load: Load, bars: readonly Bar[] = [half]): readonly Case[] {
  return readings(load, [
    { title, unit: 'messages/s', better: 'more', bars, value: ({ said }) => said.rate },
    {
      title: `${title}: processor time of the broker a message`,
      unit: 'µs',
      better: 'less',
      bars: [twice],
      value: cost,
    },
  ])
}

function rates(seconds: number): readonly Case[] {
  const more = [MOSQUITTO, 'aedes'].map(than => ({ side: OURS, factor: 6, than }))
  const turns = `1 publisher of ${SUBSCRIBERS} topics by turns, ${SUBSCRIBERS} subscribers of one each`
  return [
    ...through('1 publisher, 1 subscriber', { seconds }, [...more, half]),
    ...through(`1 publisher, ${SUBSCRIBERS} subscribers of all`, { seconds, subscribers: SUBSCRIBERS }),
    ...through(`${PUBLISHERS} publishers, 1 subscriber`, { seconds, publishers: PUBLISHERS }),
    ...through(turns, { seconds, subscribers: SUBSCRIBERS, own: 1 }),
  ]
}

function ages(scale: number): readonly Case[] {
  const shared = { unit: 'µs', better: 'less' } as const
  const title = `age of 5,000 messages/s when they are received, in the calmest of ${WINDOWS} runs`
  const bars = [twice, { ...twice, than: MOSQUITTO }]
  const some: readonly Reading[] = [
    { title: `${title}: 99th percentile`, ...shared, bars, value: ({ said }) => said.p99 },
    { title: `${title}: median`, ...shared, bars: [], value: ({ said }) => said.p50 },
  ]
  return readings({ rate: 5000, seconds: scale }, some, calmest)
}

/** Many that say little, as sensors do: nothing comes together by itself. */
function sensors(seconds: number): readonly Case[] {
  const title = `64 publishers of 100 messages/s each, ${SUBSCRIBERS} subscribers of all`
  const load = { rate: 100, seconds, publishers: 64, subscribers: SUBSCRIBERS }
  const shared = { unit: 'µs', better: 'less', bars: [twice] } as const
  return readings(load, [
    { title: `${title}: processor time of the broker for each that is received`, ...shared, value: cost },
    { title: `${title}: median of their ages`, ...shared, value: ({ said }) => said.p50 },
  ])
}

function losses(scale: number): readonly Case[] {
  const value = ({ said: { got, lost } }: Outcome) => (100 * got) / (got + lost)
  const shared = { unit: '% received', better: 'more', bars: [{ side: OURS, factor: 100 }], value } as const
  const stalled = { stall: 3000, count: STALLED * scale, seconds: 4 }
  return [
    ...readings({ seconds: 5 * scale }, [{ title: '1 publisher at full speed for 5 s, 1 subscriber', ...shared }]),
    ...readings(stalled, [{ title: 'a subscriber that does not read for 3 s meanwhile', ...shared }]),
  ]
}

/** What one subscriber that does not read is to nine that do. */
function frozen(scale: number): Case {
  const load = { rate: 50_000, seconds: scale, subscribers: 9 }
  const ours = (name: string, load: Load): Side => {
    const run = async () => {
      const { said, run } = await calmest(OURS, load, 'drop-oldest')
      return { ...run, value: said.p99 }
    }
    return { name, needs: ['cc', 'broker'], run }
  }
  return {
    title: `50,000 messages/s to nine subscribers of ours: 99th percentile of their ages, in the calmest of ${WINDOWS} runs`,
    unit: 'µs',
    better: 'less',
    sides: [ours('alone', load), ours('beside one that does not read', { ...load, subscribers: 10, frozen: 1 })],
    bars: [{ side: 'beside one that does not read', factor: 2, than: 'alone' }],
  }
}

export const broker: Bench = {
  name: 'broker',
  summary: 'messages with a payload of 100 B over loopback: ours, NATS, Redis, libzmq, mosquitto, aedes; clients in C',
  async cases({ scale }: Settings): Promise<readonly Case[]> {
    return [...rates(scale), ...ages(scale), ...sensors(scale), ...losses(scale), frozen(scale)]
  },
  async close() {
    for (const broker of brokers.values()) await broker.close()
  },
}
