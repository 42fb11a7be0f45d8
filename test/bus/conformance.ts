// What every bus has to do, asked of one of them: run by the test of each.

import { randomUUID } from 'node:crypto'
import type { Test } from 'tap'
import type { SubscribeOptions } from '../../src/bus/bus.ts'
import { DatasetPublisher } from '../../src/bus/dataset-publisher.ts'
import { datasetSubscriber } from '../../src/bus/dataset-subscriber.ts'
import { busFor } from '../../src/bus/index.ts'
import { reply } from '../../src/bus/reply.ts'
import { request } from '../../src/bus/request.ts'
import { CarrierError, UsageError } from '../../src/errors.ts'
import { type Batch, gapOf, type Packet, packet } from '../../src/packet.ts'
import type { Source } from '../../src/stream/step.ts'
import { covers, wordsOf } from '../../src/topic/address.ts'
import { busContext } from '../support/bus.ts'
import { CutPort } from '../support/cut.ts'
import { freePort } from '../support/port.ts'
import { readyTo } from '../support/subscription.ts'

export interface Conforming {
  readonly url: string
  /** The same bus, found at another port of this machine. */
  readonly at: (port: number) => string
  /** Patterns and topics that this bus cannot do, and says so. */
  readonly cannot: (address: string) => boolean
  readonly can: {
    /** A subscriber can make it wait. */
    readonly block: boolean
    /** What has not been acknowledged comes again. */
    readonly window: boolean
    /** To another member of the group. */
    readonly groupWindow: boolean
    readonly retain: boolean
    /** It tells when nobody has subscribed. */
    readonly return: boolean
    /** What is published while a subscriber is away comes when it is back. */
    readonly keep: boolean
    /** What is sent twice comes once. */
    readonly mark: boolean
  }
  /** What topics begin with. */
  readonly base?: string
}

const PATTERNS = [
  'a',
  'a.b',
  'a.*',
  '*.b',
  '*',
  '#',
  'a.#',
  'a.#.*',
  'a.*.#',
  '#.#',
  'a.#.b',
  '#.b',
  '*.*',
  '',
  'a..b',
  'a.*.b',
  'a.',
]
const TOPICS = ['', 'a', 'b', 'a.b', 'a.b.b', 'b.b', 'a.c.b', 'a.c.c.c', 'a..b', 'a.', '.']

const isNumbered = ({ meta }: Packet) => 'n' in meta
const numbers = (packets: readonly Packet[]) => packets.filter(isNumbered).map(({ meta }) => meta['n'])
const upTo = (count: number, from = 0) => Array.from({ length: count }, (_, index) => from + index)
const numbered = (count: number, from = 0) => upTo(count, from).map(n => packet({ n }))

export async function conformance(
  t: Test,
  { url, at, cannot, can, base = 'daqutils-test' }: Conforming,
): Promise<void> {
  const bus = busFor(url)

  /** A subscriber that is ready, and what it will have got. */
  async function subscriber(patterns: readonly string[], options: SubscribeOptions = {}, from = bus) {
    const surroundings = busContext()
    const ready = gate()
    const again = gate()
    let times = 0
    const onReady = () => (times++ === 0 ? ready : again).open()
    const source = from.subscribe(patterns, { ...options, onReady }, surroundings.context)
    const got: Packet[] = []
    const hold = gate()
    hold.open()
    const stirred = { call: () => {} }
    const left = gate()
    const done = collect(source, got, { hold, left: left.opened }, () => stirred.call())
    await Promise.race([ready.opened, done])
    return {
      ...surroundings,
      got,
      hold,
      /** Resolves when what it got has been acknowledged, if it wants to. */
      async acknowledged() {
        await hold.opened
        await pause(50)
      },
      /** Without acknowledging what it has. */
      async leave() {
        left.open()
        surroundings.stop.abort()
        await done
      },
      again: again.opened,
      /** Resolves when that is so. */
      async until(isSo: () => boolean) {
        while (!isSo()) {
          await Promise.race([
            new Promise<void>(resolve => {
              stirred.call = resolve
            }),
            done,
          ])
        }
      },
      async end() {
        surroundings.stop.abort()
        hold.open()
        await done
      },
    }
  }
  async function publish(topic: string | undefined, packets: readonly Packet[], from = bus) {
    const { context, ledger } = busContext()
    const sink = await from.publish(topic === undefined ? {} : { topic }, context)
    await sink.write(packets)
    await sink.close()
    return ledger.stage('output')
  }
  const somewhere = () => `${base}.${randomUUID()}`

  t.test('packets come in their order, each once, with their topic, and are counted', async t => {
    const topic = somewhere()
    const reader = await subscriber([topic])
    const count = await publish(topic, numbered(2000))
    await reader.until(() => reader.got.length >= 2000)
    await reader.end()
    t.same(numbers(reader.got), upTo(2000))
    t.same(reader.got[7]?.meta, { topic, n: 7 })
    t.same([count.out, reader.ledger.stage('input').in, reader.ledger.lost], [2000, 2000, 0])
    t.same(reader.warnings, [])
  })

  t.test('packets go where they say themselves; one that does not say is rejected', async t => {
    const topic = somewhere()
    const reader = await subscriber([`${topic}.*`])
    const { context, rejects } = busContext()
    const sink = await bus.publish({}, context)
    await sink.write([packet({ topic: `${topic}.x`, n: 1 }), packet({ n: 2 }), packet({ n: 3, topic: `${topic}.y` })])
    await sink.close()
    await reader.until(() => reader.got.length >= 2)
    await reader.end()
    t.same(
      reader.got.map(({ meta }) => [meta['topic'], meta['n']]),
      [
        [`${topic}.x`, 1],
        [`${topic}.y`, 3],
      ],
    )
    t.same(
      rejects.map(({ reason }) => reason),
      ['no topic'],
    )
  })

  t.test('data arrives byte by byte as it was', async t => {
    const topic = somewhere()
    const data = Buffer.from(upTo(100_000).map(n => n % 256))
    const reader = await subscriber([topic])
    await publish(topic, [
      packet({ n: 0, dtype: 'uint8' }, data),
      packet({ n: 1, dtype: 'uint8' }, data.subarray(0, 3)),
    ])
    await reader.until(() => reader.got.length >= 2)
    await reader.end()
    t.ok(data.equals(reader.got[0]?.data ?? Buffer.alloc(0)))
    t.same([...(reader.got[1]?.data ?? [])], [0, 1, 2])
  })

  t.test('patterns mean what they mean in AMQP', async t => {
    const base = somewhere()
    const under = (address: string) => (address === '' ? base : `${base}.${address}`)
    const able = PATTERNS.filter(pattern => !cannot(under(pattern)))
    const topics = TOPICS.filter(topic => !cannot(under(topic)))
    t.ok(able.length >= 10 && topics.length >= 7)
    const readers = await Promise.all(able.map(async pattern => [pattern, await subscriber([under(pattern)])] as const))
    const last = packet({ topic: under('last'), n: -1 })
    const end = await subscriber([under('last')])
    await publish(undefined, [...topics.map((topic, n) => packet({ topic: under(topic), n })), last])
    await end.until(() => end.got.length >= 1)
    await end.end()
    for (const [pattern, reader] of readers) {
      const expected = [...topics, 'last'].filter(topic => covers(wordsOf(under(pattern)), wordsOf(under(topic))))
      await reader.until(() => reader.got.length >= expected.length)
      await reader.end()
      t.same(
        reader.got.map(({ meta }) => meta['topic']),
        expected.map(under),
        pattern,
      )
    }
  })

  t.test('a packet comes once, however many patterns match', async t => {
    const base = somewhere()
    const reader = await subscriber([`${base}.*`, `${base}.#`, `${base}.a`, `${base}.a`])
    await publish(undefined, [
      packet({ topic: `${base}.a`, n: 0 }),
      packet({ topic: `${base}.a.b`, n: 1 }),
      packet({ topic: base, n: 2 }),
    ])
    await publish(`${base}.last`, numbered(1, 3))
    await reader.until(() => numbers(reader.got).includes(3))
    await reader.end()
    t.same(numbers(reader.got), [0, 1, 2, 3])
  })

  t.test('what the bus cannot do is said before it is connected', async t => {
    const nowhere = busFor(at(await freePort()))
    for (const pattern of PATTERNS.filter(cannot)) {
      const { context } = busContext()
      t.throws(() => nowhere.subscribe([pattern], {}, context), UsageError, `pattern '${pattern}'`)
    }
    for (const topic of TOPICS.filter(cannot)) {
      const { context } = busContext()
      await t.rejects(nowhere.publish({ topic }, context), UsageError, `topic '${topic}'`)
    }
    const { context, rejects } = busContext()
    const sink = await bus.publish({}, context)
    await sink.write(TOPICS.filter(cannot).map(topic => packet({ topic })))
    await sink.close()
    t.same(
      rejects.map(({ reason }) => reason),
      TOPICS.filter(cannot).map(() => 'topic not for this bus'),
    )
  })

  for (const policy of ['drop-oldest', 'drop-newest', 'latest'] as const) {
    t.test(`a slow subscriber loses by its policy ${policy}, is told so, and the others lose nothing`, async t => {
      const topic = somewhere()
      const slow = await subscriber([topic], { policy, packets: 10 })
      const other = await subscriber([topic])
      slow.hold.shut()
      await publish(topic, numbered(1))
      await slow.until(() => slow.got.length > 0)
      // More than sockets hold for a reader that reads nothing.
      const fill = 'x'.repeat(16_384)
      await publish(
        topic,
        numbered(999, 1).map(({ meta }) => packet({ ...meta, fill })),
      )
      await other.until(() => other.got.length >= 1000)
      await other.end()
      t.same(numbers(other.got), upTo(1000))
      slow.hold.open()
      // The first that finds room again.
      let published = 1000
      do await publish(topic, numbered(1, published++))
      while (!numbers(slow.got).some(n => Number(n) >= 1000))
      await slow.until(() => numbers(slow.got).includes(published - 1))
      await slow.end()
      const gaps = slow.got.map(({ meta }) => gapOf(meta)).filter(gap => gap !== undefined)
      const lost = gaps.reduce((sum, gap) => sum + gap.lost, 0)
      const got = numbers(slow.got)
      t.ok(lost > 0, 'something was lost')
      t.equal(got.length + lost, published)
      t.equal(slow.ledger.lost, lost)
      t.equal(got[0], 0)
      t.same(
        got,
        got.toSorted((a, b) => Number(a) - Number(b)),
        'in order',
      )
    })
  }

  if (can.block)
    t.test('a subscriber that blocks gets everything in its own time', async t => {
      const topic = somewhere()
      const reader = await subscriber([topic], { policy: 'block', packets: 10 })
      reader.hold.shut()
      const published = publish(topic, numbered(3000))
      await reader.until(() => reader.got.length > 0)
      reader.hold.open()
      await reader.until(() => reader.got.length >= 3000)
      await published
      await reader.end()
      t.same(numbers(reader.got), upTo(3000))
      t.equal(reader.ledger.lost, 0)
    })

  t.test('of a group one gets each packet', async t => {
    const topic = somewhere()
    const group = `daqutils-test-${randomUUID()}`
    const members = await Promise.all([1, 2, 3].map(() => subscriber([topic], { group })))
    const outsider = await subscriber([topic])
    await publish(topic, numbered(600))
    const all = () => members.flatMap(({ got }) => numbers(got)).map(Number)
    await outsider.until(() => outsider.got.length >= 600)
    await Promise.all([outsider.end(), settled(all, 600)])
    await Promise.all(members.map(member => member.end()))
    t.same(
      all().toSorted((a, b) => a - b),
      upTo(600),
    )
    for (const { got } of members) t.ok(got.length > 0, 'each has a share')
  })

  t.test('what this bus cannot do for a subscriber or a publisher is said before it is connected', async t => {
    const nowhere = busFor(at(await freePort()))
    const { context } = busContext()
    const subscribe = (options: SubscribeOptions) => () => nowhere.subscribe(['a'], options, context)
    if (!can.block) t.throws(subscribe({ policy: 'block' }), UsageError)
    if (!can.window) t.throws(subscribe({ window: 10 }), UsageError)
    if (!can.groupWindow) t.throws(subscribe({ window: 10, group: 'g' }), UsageError)
    if (!can.retain) await t.rejects(nowhere.publish({ topic: 'a', retain: true }, context), UsageError)
    if (!can.return) await t.rejects(nowhere.publish({ topic: 'a', subscribers: 1 }, context), UsageError)
  })

  if (can.window)
    t.test('with a window, what was not acknowledged comes again over the next connection, marked', async t => {
      const { hostname, port } = new URL(url)
      const cut = await CutPort.open(t, hostname, Number(port))
      const topic = somewhere()
      const reader = await subscriber([topic], { window: 10 }, busFor(at(cut.port)))
      await publish(topic, numbered(3))
      await reader.until(() => reader.got.length >= 3)
      await reader.acknowledged()
      reader.hold.shut()
      await publish(topic, numbered(2, 3))
      await reader.until(() => reader.got.length >= 4)
      await cut.shut()
      await publish(topic, numbered(2, 5))
      await cut.listen()
      reader.hold.open()
      await reader.again
      await reader.until(() => numbers(reader.got).includes(6) && repeated(reader.got).includes(4))
      await reader.end()
      t.same([...new Set(numbers(reader.got))].toSorted(), upTo(7))
      t.same(repeated(reader.got), [3, 4])
      t.equal(reader.ledger.lost, 0)
    })

  if (can.groupWindow)
    t.test('what a member of a group had not acknowledged when it left goes to another, marked', async t => {
      const topic = somewhere()
      const group = `daqutils-test-${randomUUID()}`
      const leaving = await subscriber([topic], { group, window: 5 })
      leaving.hold.shut()
      await publish(topic, numbered(5))
      await leaving.until(() => leaving.got.length >= 1)
      const other = await subscriber([topic], { group, window: 5 })
      await publish(topic, numbered(5, 5))
      await leaving.leave()
      await other.until(() => new Set(numbers(other.got)).size >= 10)
      await other.end()
      t.same(
        numbers(other.got).toSorted((a, b) => Number(a) - Number(b)),
        upTo(10),
      )
      t.ok(repeated(other.got).includes(0))
    })

  if (can.retain)
    t.test('the last packet of a topic is there for who comes later, and not for who does not want it', async t => {
      const topic = somewhere()
      const { context } = busContext()
      const sink = await bus.publish({ retain: true }, context)
      await sink.write([1, 2].flatMap(n => ['x', 'y'].map(word => packet({ topic: `${topic}.${word}`, n }))))
      await sink.close()
      const later = await subscriber([`${topic}.#`])
      const live = await subscriber([`${topic}.#`], { retained: false })
      await publish(`${topic}.z`, [packet({ n: 3 })])
      await later.until(() => later.got.length >= 3)
      await live.until(() => live.got.length >= 1)
      await Promise.all([later.end(), live.end()])
      const seen = (packets: readonly Packet[]) => packets.map(({ meta }) => `${meta['topic']} ${meta['n']}`.slice(-3))
      t.same(seen(later.got).toSorted(), ['x 2', 'y 2', 'z 3'])
      t.same(seen(live.got), ['z 3'])
      t.equal(later.ledger.lost, 0)
    })

  if (can.return)
    t.test('a publisher waits for its subscriber', async t => {
      const topic = somewhere()
      const { context } = busContext()
      const publishing = bus.publish({ topic, subscribers: 1 }, context).then(async sink => {
        await sink.write(numbered(100))
        await sink.close()
      })
      await pause(100)
      const reader = await subscriber([topic])
      await publishing
      await reader.until(() => reader.got.length >= 100)
      await reader.end()
      t.same(numbers(reader.got), upTo(100))
    })

  t.test('requests are answered', async t => {
    const topic = somewhere()
    const answering = busContext()
    const { done } = await readyTo(onReady => {
      const requests = bus.subscribe([topic], { onReady }, answering.context)
      const answer = async ({ meta }: Packet) => [packet({ value: 2 * Number(meta['n']) })]
      return reply(bus, requests, { jobs: 2 }, answer, answering.context)
    })
    const { context, ledger } = busContext()
    const answers = request(bus, source(numbered(3)), { topic, limit: 10_000, replies: 1 }, context)
    const values: unknown[] = []
    for await (const batch of answers) values.push(...batch.map(({ meta }) => meta['value']))
    answering.stop.abort()
    await done
    t.same(values.toSorted(), [0, 2, 4])
    t.equal(ledger.lost, 0)
  })

  t.test('a dataset comes whole, and then what changes', async t => {
    const address = somewhere()
    const dataset = 'readings'
    const { context, stop } = busContext()
    const publishers = [1, 2].map(
      number => new DatasetPublisher(bus, { name: `${address}.p${number}`, addresses: [address], dataset }, context),
    )
    for (const publisher of publishers) await publisher.open()
    await publishers[0]?.publish([1, 2])
    await publishers[1]?.publish([10])
    const states = new Map<unknown, unknown>()
    const isSo = () => JSON.stringify([...states.values()].toSorted()) === '[[1,3],[10]]'
    let changed = false
    for await (const batch of datasetSubscriber(bus, { address, dataset, as: 'state', every: 200 }, context)) {
      for (const { meta } of batch) states.set(meta['publisher'], meta['rows'])
      if (isSo()) break
      if (!changed && states.size === 2) {
        changed = true
        await publishers[0]?.change([3], [2])
      }
    }
    stop.abort()
    for (const publisher of publishers) await publisher.close()
    t.ok(isSo())
  })

  t.test('a connection that breaks is made again: nothing that was published is lost', async t => {
    const { hostname, port } = new URL(url)
    const cut = await CutPort.open(t, hostname, Number(port))
    const topic = somewhere()
    const reader = await subscriber([topic])
    const { context, warnings, ledger } = busContext()
    const sink = await busFor(at(cut.port)).publish({ topic }, context)
    await sink.write(numbered(500))
    await sink.commit?.()
    await sink.write(numbered(500, 500))
    await cut.shut()
    await sink.write(numbered(500, 1000))
    await cut.listen()
    await sink.close()
    await reader.until(() => new Set(numbers(reader.got)).size >= 1500)
    await reader.end()
    if (can.mark) t.same(numbers(reader.got), upTo(1500))
    else
      t.same(
        [...new Set(numbers(reader.got).map(Number))].toSorted((a, b) => a - b),
        upTo(1500),
      )
    t.match(warnings.join('\n'), /connecting again/)
    t.equal(ledger.stage('output').out, 1500)
    t.equal(ledger.lost, 0)
  })

  t.test('a subscription is made again, and says where something may be missing', async t => {
    const { hostname, port } = new URL(url)
    const cut = await CutPort.open(t, hostname, Number(port))
    const topic = somewhere()
    const reader = await subscriber([topic], {}, busFor(at(cut.port)))
    await publish(topic, numbered(3))
    await reader.until(() => reader.got.length >= 3)
    await cut.shut()
    if (can.keep) await publish(topic, numbered(3, 3))
    await cut.listen()
    await reader.again
    if (!can.keep) await publish(topic, numbered(3, 3))
    await reader.until(() => reader.got.length >= 6)
    await reader.end()
    t.same(numbers(reader.got), upTo(6))
    t.match(
      reader.warnings.join('\n'),
      can.keep ? /connecting again$/m : /connecting again; what comes meanwhile is missed/,
    )
    t.same(reader.ledger.stage('broker').report().dropped, can.keep ? {} : { 'connection broken': 1 })
  })

  t.test('nobody there is said, and given up when it is time', async t => {
    const [nobody = '', params = ''] = at(await freePort()).split('?')
    const { context, warnings } = busContext()
    const bus = busFor(`${nobody}?wait=900ms&${params}`)
    await t.rejects(bus.publish({ topic: 'a' }, context), new CarrierError(nobody, 'connection refused for 900ms'))
    t.same(warnings, [`${nobody}: connection refused, trying again`])
    const stopped = busContext()
    const waiting = bus.subscribe(['a'], {}, stopped.context)
    const next = waiting[Symbol.asyncIterator]().next()
    stopped.stop.abort()
    t.same(await next, { done: true, value: undefined })
  })

  t.test('a stop ends a subscription', async t => {
    const reader = await subscriber([somewhere()])
    await reader.end()
    t.same(reader.got, [])
  })
}

/** Until the members of a group have so many among them. */
async function settled(all: () => number[], count: number) {
  for (let wait = 0; all().length < count && wait < 5000; wait += 10) await pause(10)
}

const pause = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds))

interface Gate {
  readonly opened: Promise<void>
  open(): void
  shut(): void
}

function gate(): Gate {
  let resolve = () => {}
  let opened = new Promise<void>(settle => {
    resolve = settle
  })
  return {
    get opened() {
      return opened
    },
    open: () => resolve(),
    shut() {
      opened = new Promise<void>(settle => {
        resolve = settle
      })
    },
  }
}

async function collect(
  source: Source,
  got: Packet[],
  { hold, left }: { readonly hold: Gate; readonly left: Promise<void> },
  stir: () => void,
): Promise<void> {
  let hasLeft = false
  left.then(() => {
    hasLeft = true
  })
  for await (const batch of source) {
    got.push(...batch)
    stir()
    await Promise.race([hold.opened, left])
    if (hasLeft) return
    batch.acknowledge?.()
  }
}

/** The numbers of packets that say they may have come before. */
function repeated(packets: readonly Packet[]): readonly unknown[] {
  return numbers(packets.filter(({ meta }) => meta['redelivered'] === true))
}

async function* source(...batches: readonly Batch[]): AsyncGenerator<Batch> {
  yield* batches
}
