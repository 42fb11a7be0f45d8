// The smaller parts of a sensor and its network: configs, kinds, faults, links, messages, windows.

import t from 'tap'
import { UsageError } from '../../src/errors.ts'
import { randomStream } from '../../src/random.ts'
import { parseSensor, sensorConfigs } from '../../src/sensor/config.ts'
import { FAULTS, FaultDice, ofNetwork, parseFaults } from '../../src/sensor/faults.ts'
import { Flight } from '../../src/sensor/flight.ts'
import { SENSOR_KINDS } from '../../src/sensor/kinds.ts'
import { type Block, blockDecoder, encodeBlock, textBlock } from '../../src/sensor/link.ts'
import { MessageWriter, timestampText } from '../../src/sensor/message.ts'
import { PieceQueue } from '../../src/sensor/pieces.ts'
import { Window } from '../../src/sensor/window.ts'
import { labels, messages } from '../support/network.ts'

const RANDOM = { probe: 'random' }

t.test('five plain sensors every five seconds are the default', async t => {
  const configs = sensorConfigs([], RANDOM)
  t.same(
    configs.map(({ name, interval, probe }) => [name, interval, probe]),
    [0, 1, 2, 3, 4].map(index => [`Sensor-${index}`, 5000, 'random']),
  )
})

t.test('described sensors take the place of the default, or come after those asked for', async t => {
  const names = (sensors?: number) =>
    sensorConfigs([parseSensor('temperature')], { ...RANDOM, sensors }).map(c => c.name)
  t.same(names(), ['TEMP-0'])
  t.same(names(2), ['Sensor-0', 'Sensor-1', 'TEMP-2'])
})

t.test('every kind brings its own interval, range, unit and name', async t => {
  for (const kind of SENSOR_KINDS) {
    const [config] = sensorConfigs([parseSensor(kind.name)], { ...RANDOM, interval: 7 })
    t.match(config, { name: `${kind.prefix}-0`, interval: kind.interval, range: kind.range, unit: kind.unit })
  }
})

t.test('a sensor is described key by key; commas inside a value stay', async t => {
  const text = 'name=a, b,interval=250ms,probe=exec:cut -d, -f1 x,count=3,unit=V,min=1,max=2,digits=1'
  const [config] = sensorConfigs([parseSensor(text)], RANDOM)
  t.same(config, {
    index: 0,
    name: 'a, b',
    probe: 'exec:cut -d, -f1 x',
    interval: 250,
    range: { min: 1, max: 2, digits: 1 },
    unit: 'V',
    count: 3,
  })
})

t.test('the parameters of a probe may stand beside the keys of the sensor', async t => {
  t.equal(parseSensor('name=CPU,probe=system,what=cpu,interval=1s').probe, 'system?what=cpu')
  t.equal(parseSensor('probe=sine?period=2s,amplitude=3').probe, 'sine?period=2s&amplitude=3')
})

t.test('wrong descriptions are wrong usage, and say what is right', async t => {
  const wrong: readonly [string, RegExp][] = [
    ['nmae=x', /expected one of name=…, kind=…/],
    ['volcano', /unknown kind of sensor 'volcano': known are temperature, heat/],
    ['name=x,name=y', /name is given twice/],
    ['interval=soon', /sensor 'interval=soon': interval: 'soon' is no duration/],
    ['min=5,max=1', /min=5 is above max=1/],
    ['digits=9', /expected 0 to 6/],
    ['probe=siné', /unknown probe/],
    ['what=cpu', /needs a probe=/],
  ]
  for (const [text, message] of wrong) {
    const make = () => sensorConfigs([parseSensor(text)], RANDOM)
    t.throws(make, UsageError, text)
    t.throws(make, { message }, text)
  }
  const twice = [parseSensor('name=x'), parseSensor('name=x')]
  t.throws(() => sensorConfigs(twice, RANDOM), /two sensors are called 'x'/)
  t.throws(() => sensorConfigs([], { ...RANDOM, sensors: 0 }), /no sensors/)
})

t.test('the probe system becomes a sensor for each quantity; --rate is for probes that have one', async t => {
  t.same(
    sensorConfigs([], { probe: 'system' }).map(({ name, unit }) => [name, unit]),
    [
      ['CPU', '%'],
      ['Load', undefined],
      ['Memory', 'B'],
      ['Temperature', '°C'],
      ['Network', 'B/s'],
    ],
  )
  t.equal(sensorConfigs([], { probe: 'iq?samples=100', rate: 1000, sensors: 1 })[0]?.interval, 100)
  t.equal(sensorConfigs([], { probe: 'random', rate: 1000 })[0]?.probe, 'random')
})

t.test('faults are read in every spelling their examples show', async t => {
  const faults = parseFaults([FAULTS.map(({ example }) => example).join(','), 'drop=3%'])
  t.same(faults, {
    drop: 0.03,
    duplicate: 0.01,
    corrupt: 0.001,
    delay: { probability: 0.02, milliseconds: 50 },
    disconnect: { probability: 0.001, milliseconds: 1000 },
    stuck: { probability: 0.01, length: 10 },
  })
  t.equal(ofNetwork(parseFaults(['stuck=100%'])), 0)
  for (const text of ['drop', 'drop=', 'drip=1%', 'drop=2', 'drop=1%:5s', 'stuck=1%:0', 'drop=60%,delay=60%:1s', '']) {
    t.throws(() => parseFaults([text]), UsageError, text)
  }
})

t.test('a corrupted line is still JSON and never what it was; a frame has one bit changed', async t => {
  const dice = new FaultDice(parseFaults([]), randomStream('1', 'corrupt'))
  for (const value of ['0', '-7', '100', '0.5', '1.25e3', 'null']) {
    const line = `{"timestamp":"2026-01-01T00:00:00.000Z","id":"0a1","name":"A","value":${value}}\n`
    for (let round = 0; round < 50; round++) {
      const bytes = Buffer.from(line)
      const piece = { sensor: 0, seq: 0, count: 1, time: 0, step: 0, bytes, metaLength: 0 }
      const corrupted = Buffer.from(dice.corrupted(piece).bytes).toString()
      t.not(corrupted, line)
      t.doesNotThrow(() => JSON.parse(corrupted))
      t.equal(bytes.toString(), line, 'the original is left alone')
    }
  }
  const frame = Uint8Array.from([0x7b, 0x7d, 1, 2, 3])
  const { bytes } = dice.corrupted({ sensor: 0, seq: 0, count: 1, time: 0, step: 0, bytes: frame, metaLength: 2 })
  t.same(bytes.subarray(0, 2), frame.subarray(0, 2))
  const bits = [...bytes].map((byte, index) => byte ^ (frame[index] ?? 0)).filter(Boolean)
  t.equal(bits.length, 1)
  t.equal(Math.log2(bits[0] ?? 0) % 1, 0)
})

t.test('blocks survive every cut of their bytes', async t => {
  const blocks: Block[] = []
  const stream = Buffer.concat([
    encodeBlock({ kind: 'ready' }),
    encodeBlock({
      kind: 'lines',
      count: 2,
      late: 3,
      stuck: 4,
      time: 1.5,
      step: 0.25,
      next: 2,
      payload: Buffer.from('{}\n{}\n'),
    }),
    textBlock('reject', 'no value\nπ'),
    encodeBlock({ kind: 'frame', count: 1, metaLength: 2, payload: Buffer.from('{}abc') }),
    encodeBlock({ kind: 'end', next: Number.POSITIVE_INFINITY }),
  ])
  blocks.push(...blockDecoder().push(stream))
  t.same(
    blocks.map(({ kind, payload }) => [kind, Buffer.from(payload).toString()]),
    [
      ['ready', ''],
      ['lines', '{}\n{}\n'],
      ['reject', 'no value\nπ'],
      ['frame', '{}abc'],
      ['end', ''],
    ],
  )
  t.match(blocks[1], { count: 2, late: 3, stuck: 4, time: 1.5, step: 0.25, next: 2 })
  const comparable = (block: Block) => ({ ...block, payload: Buffer.from(block.payload).toString() })
  for (const size of [1, 7, 48, 49, 100]) {
    const decoder = blockDecoder()
    const found: Block[] = []
    for (let at = 0; at < stream.length; at += size) found.push(...decoder.push(stream.subarray(at, at + size)))
    t.same(found.map(comparable), blocks.map(comparable), `${size} bytes at a time`)
  }
  const unknown = Buffer.from(encodeBlock({ kind: 'ready' }))
  unknown.writeUInt32LE(99, 4)
  t.throws(() => blockDecoder().push(unknown), /unknown kind/)
})

t.test('timestamps are RFC 3339 in UTC with milliseconds, also before 1970', async t => {
  const text = timestampText()
  for (const time of [0, 1, 999, 1000, 1767225599999, 1767225600000, -1, 951782400000]) {
    t.equal(text(time + 0.7), new Date(time).toISOString())
  }
})

t.test('a message holds what JSON can hold', async t => {
  const writer = new MessageWriter({ name: 'A' })
  const head = { time: 0, id: 'x' }
  t.match(writer.line(head, Number.NaN), /"value":null}\n$/)
  t.match(writer.line(head, { value: [1, 'π'], fields: { seq: 1 } }), /"value":\[1,"π"\],"seq":1}\n$/)
  t.match(writer.line(head, { fields: {} }), /"value":null}\n$/)
  t.same(writer.meta(head, { value: 1, fields: { dtype: 'uint8' } }), {
    timestamp: '1970-01-01T00:00:00.000Z',
    id: 'x',
    name: 'A',
    value: 1,
    dtype: 'uint8',
  })
})

t.test('a queue of pieces gives and drops messages at both ends', async t => {
  const queue = new PieceQueue()
  queue.push(messages(0, 0, 4, { time: 100, step: 10 }))
  queue.push(messages(0, 4, 2))
  const first = queue.take(3)
  t.same(labels(first ? [first] : []), ['S0:0', 'S0:1', 'S0:2'])
  t.match(queue.head, { seq: 3, count: 1, time: 130 })
  const newest = queue.takeNewest(1)
  t.same(labels(newest ? [newest] : []), ['S0:5'])
  t.equal(queue.count, 2)
  t.equal(queue.take(9)?.seq, 3)
  t.equal(queue.takeNewest(9)?.seq, 4)
  t.equal(queue.takeNewest(1), undefined)
  t.equal(queue.take(1), undefined)
  t.equal(queue.count, 0)
})

t.test('what is due first lands first, at the same time in the order of departure', async t => {
  const flight = new Flight()
  for (const [seq, due] of [
    [0, 30],
    [1, 10],
    [2, 30],
    [3, 10],
  ] as const) {
    flight.add(messages(0, seq, 1), due)
  }
  t.equal(flight.due, 10)
  t.equal(flight.count, 4)
  t.same(
    [0, 1, 2, 3].map(() => flight.take()?.seq),
    [1, 3, 0, 2],
  )
  t.ok(flight.empty)
  t.equal(flight.due, Number.POSITIVE_INFINITY)
})

t.test('a window grows while the output is quick and falls back when it is slow', async t => {
  const window = new Window(5, 512)
  for (let write = 0; write < 10; write++) window.settle(0.1)
  t.equal(window.size, 512)
  window.settle(20)
  t.equal(window.size, 5)
})
