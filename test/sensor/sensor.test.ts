// One sensor with a clock of the test: its ticks, its messages, its end.

import t from 'tap'
import type { Clock } from '../../src/sensor/clock.ts'
import type { SensorConfig } from '../../src/sensor/config.ts'
import { type Block, blockDecoder } from '../../src/sensor/link.ts'
import { runSensor, type SensorOrders } from '../../src/sensor/sensor.ts'

/** Time passes only while somebody waits, and then `stall` more than asked for. */
class FakeClock implements Clock {
  time: number
  readonly #stall: (time: number) => number
  constructor(time: number, stall: (time: number) => number = () => 0) {
    this.time = time
    this.#stall = stall
  }
  now() {
    return this.time
  }
  async until(time: number) {
    this.time = Math.max(this.time, time + this.#stall(time))
  }
  async turn() {}
}

const START = Date.UTC(2026, 0, 1)

async function run(
  orders: Partial<Omit<SensorOrders, 'config'>> & { config?: Partial<SensorConfig> },
  clock: Clock = new FakeClock(START),
) {
  const { config, ...rest } = orders
  const decoder = blockDecoder()
  const blocks: Block[] = []
  const stop = new AbortController()
  await runSensor(
    {
      config: {
        index: 0,
        name: 'Sensor-0',
        probe: 'random',
        interval: 1000,
        range: { min: -100, max: 100, digits: 0 },
        count: 10,
        ...config,
      },
      seed: '1',
      scheduled: false,
      speed: 1,
      block: 256,
      from: 0,
      ...rest,
    },
    Promise.resolve({ start: START, realStart: START }),
    { link: { send: bytes => void blocks.push(...decoder.push(bytes)) }, clock, stop: stop.signal },
  )
  const text = blocks.flatMap(({ kind, payload }) => (kind === 'lines' ? [Buffer.from(payload).toString()] : []))
  const messages = text.join('').trimEnd().split('\n').filter(Boolean)
  return { blocks, messages: messages.map(line => JSON.parse(line)), lines: messages }
}

t.test('says that it is ready, sends the first message at once, and ends with a block that says so', async t => {
  const { blocks, messages } = await run({ config: { count: 2 } })
  t.same(
    blocks.map(({ kind }) => kind),
    ['ready', 'lines', 'lines', 'end'],
  )
  t.equal(messages[0].timestamp, '2026-01-01T00:00:00.000Z')
})

t.test('a message is timestamp, id, name, value, unit in this order', async t => {
  const { lines } = await run({ config: { count: 1, unit: '°C', name: 'CPU "x", {y}' } })
  t.match(
    lines[0],
    /^\{"timestamp":"2026-01-01T00:00:00\.000Z","id":"[0-9a-f-]{36}","name":"CPU \\"x\\", \{y\}","value":-?\d+,"unit":"°C"\}$/,
  )
})

t.test('ticks do not drift, however late each one is', async t => {
  const clock = new FakeClock(START, time => 1 + (time % 7) * 10)
  const { blocks, messages } = await run({ config: { count: 1000 } }, clock)
  const times = blocks.filter(({ kind }) => kind === 'lines').map(({ time }) => time - START)
  t.same(
    times,
    Array.from({ length: 1000 }, (_, tick) => tick * 1000),
  )
  t.ok(Date.parse(messages[999].timestamp) - (START + 999_000) < 100)
  t.equal(
    blocks.reduce((sum, { late }) => sum + late, 0),
    0,
  )
})

t.test('ticks that are late by more than an interval are skipped and counted', async t => {
  // The machine sleeps for ten and a half seconds at the fourth tick.
  const clock = new FakeClock(START, time => (time === START + 4000 ? 10_500 : 0))
  const { blocks } = await run({ config: { count: 8 } }, clock)
  const times = blocks.filter(({ kind }) => kind === 'lines').map(({ time }) => (time - START) / 1000)
  t.same(times, [0, 1, 2, 3, 14, 15, 16, 17])
  t.equal(
    blocks.reduce((sum, { late }) => sum + late, 0),
    10,
  )
})

t.test('on a schedule none is skipped, and timestamps are those of the schedule', async t => {
  const clock = new FakeClock(START, time => (time === START + 4000 ? 10_500 : 3))
  const { messages } = await run({ scheduled: true, config: { count: 20 } }, clock)
  t.same(
    messages.map(({ timestamp }) => (Date.parse(timestamp) - START) / 1000),
    Array.from({ length: 20 }, (_, tick) => tick),
  )
})

t.test('the same seed gives the same bytes; another seed, name or index does not', async t => {
  const schedule = { scheduled: true, speed: null }
  const { lines } = await run(schedule)
  t.same((await run(schedule)).lines, lines)
  t.notSame((await run({ ...schedule, seed: '2' })).lines, lines)
  t.notSame((await run({ ...schedule, config: { index: 1 } })).lines, lines)
  t.equal(new Set(lines).size, 10)
})

t.test('the values of the default are whole numbers from -100 to 100', async t => {
  const { messages } = await run({ speed: null, scheduled: true, config: { count: 5000 } })
  const values = messages.map(({ value }) => value)
  t.ok(values.every(value => Number.isInteger(value)))
  t.same([Math.min(...values), Math.max(...values)], [-100, 100])
  t.equal(new Set(messages.map(({ id }) => id)).size, 5000)
})

t.test('stuck values stand still while ids and timestamps go on', async t => {
  const { blocks, messages } = await run({
    speed: null,
    scheduled: true,
    stuck: { probability: 0.05, length: 4 },
    config: { count: 400 },
  })
  const repeats = messages.filter(({ value }, index) => index > 0 && value === messages[index - 1].value).length
  const counted = blocks.reduce((sum, { stuck }) => sum + stuck, 0)
  t.ok(counted > 20 && repeats >= counted, `${counted} stuck, ${repeats} repeats`)
  t.equal(new Set(messages.map(({ id }) => id)).size, 400)
})

t.test('a frame carries its meta and its bytes', async t => {
  const { blocks } = await run({ config: { probe: 'iq?samples=16&center=100M', count: 1 } })
  const frame = blocks.find(({ kind }) => kind === 'frame')
  const meta = JSON.parse(Buffer.from(frame?.payload.subarray(0, frame.metaLength) ?? []).toString())
  t.match(meta, { name: 'Sensor-0', dtype: 'complex64', shape: [16], sample_rate: 1e6, center_frequency: 1e8 })
  t.equal((frame?.payload.length ?? 0) - (frame?.metaLength ?? 0), 16 * 8)
})

t.test('after a restart numbers go on where they were', async t => {
  const { messages } = await run({ from: 7, config: { probe: 'sequence' }, speed: null, scheduled: true })
  t.same(
    messages.map(({ seq }) => seq),
    [7, 8, 9],
  )
})

t.test('what a probe tells when it likes is passed on at once; nobody waits for what may never come', async t => {
  const { blocks, messages } = await run({ config: { probe: 'exec:echo 5; echo 7; echo 9', count: 2 } })
  t.same(
    messages.map(({ value }) => value),
    [5, 7],
    'up to the count',
  )
  t.same(
    blocks.map(({ kind }) => kind),
    ['ready', 'progress', 'lines', 'lines', 'end'],
  )
  for (const { kind, next } of blocks) if (kind !== 'ready') t.equal(next, Number.POSITIVE_INFINITY, kind)
})

t.test('a replay keeps the distances of its file, in real time and on the schedule', async t => {
  const file = 'timestamp,value\n2020-05-05T00:00:00Z,1\n2020-05-05T00:00:02Z,2\n2020-05-05T00:00:02.500Z,3\n'
  const probe = `replay:${t.testdir({ 'old.csv': file })}/old.csv`
  const clock = new FakeClock(START)
  const live = await run({ config: { probe } }, clock)
  t.equal(clock.now(), START + 2500)
  t.same(
    live.messages.map(({ timestamp, value }) => [timestamp, value]),
    [
      ['2026-01-01T00:00:00.000Z', 1],
      ['2026-01-01T00:00:02.000Z', 2],
      ['2026-01-01T00:00:02.500Z', 3],
    ],
  )
  const told = live.blocks.filter(({ kind }) => kind === 'progress')
  t.same(
    told.map(({ next }) => next - START),
    [2000, 2500],
    'the network knows until when nothing comes',
  )

  const unhurried = new FakeClock(START)
  const fast = await run({ config: { probe }, scheduled: true, speed: null }, unhurried)
  t.equal(unhurried.now(), START, 'without a speed nothing is waited for')
  t.same(
    fast.messages.map(({ timestamp }) => timestamp),
    live.messages.map(({ timestamp }) => timestamp),
  )
})

t.test('values of a replay are stuck, too, and each that is is counted', async t => {
  const rows = Array.from({ length: 50 }, (_, index) => `${index}`).join('\n')
  const probe = `replay:${t.testdir({ 'old.csv': `value\n${rows}\n` })}/old.csv`
  const { messages, blocks } = await run({ config: { probe, count: 20 }, stuck: { probability: 0.2, length: 4 } })
  t.equal(messages.length, 20)
  const stuck = blocks.reduce((sum, block) => sum + block.stuck, 0)
  const repeated = messages.filter(({ value }, index) => index > 0 && value === messages[index - 1].value).length
  t.ok(repeated > 0)
  t.equal(stuck, repeated, 'each reading that did not move is counted')
})
