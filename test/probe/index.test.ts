// The probes: what each says, and how their specs are read.

import { writeFileSync } from 'node:fs'
import t from 'tap'
import { CarrierError, UsageError } from '../../src/errors.ts'
import { makeProbe, PROBES, probeKind } from '../../src/probe/index.ts'
import type { Event, EventProbe, Range, TickedProbe, Value } from '../../src/probe/probe.ts'
import { parseProbeSpec } from '../../src/probe/spec.ts'
import { randomStream } from '../../src/random.ts'

interface MakeOptions {
  readonly seed?: string
  readonly range?: Range
  readonly rejected?: string[]
}

function make(
  text: string,
  { seed = '1', range = { min: -100, max: 100, digits: 0 }, rejected = [] }: MakeOptions = {},
) {
  return makeProbe(text, {
    random: randomStream(seed, 'probe'),
    range,
    reject: (reason, detail) => void rejected.push(`${reason}: ${detail}`),
  })
}

function ticked(text: string, options: MakeOptions = {}): TickedProbe {
  const probe = make(text, options)
  if (!('read' in probe)) throw new Error(`${text} is no ticked probe`)
  return probe
}

function eventful(text: string, options: MakeOptions = {}): EventProbe {
  const probe = make(text, options)
  if ('read' in probe) throw new Error(`${text} is a ticked probe`)
  return probe
}

const LIVE = { seq: 0, time: 0, elapsed: 0, id: '', name: '', live: true }

function at(probe: TickedProbe, elapsed: number, seq = 0) {
  const value = probe.read({ seq, time: 1000 + elapsed * 1000, elapsed, id: 'id', name: 'A', live: false })
  if (value === undefined || value instanceof Promise) throw new Error('no value at once')
  return value
}

async function all(probe: EventProbe, stop = new AbortController().signal): Promise<Event[]> {
  const events: Event[] = []
  await probe.open?.()
  for await (const batch of probe.events(stop)) events.push(...batch)
  return events
}

const values = (events: readonly Event[]): Value[] => events.map(({ reading }) => reading)

t.test('each probe in the table is found by its name, and its example is right', async t => {
  for (const kind of PROBES) {
    t.equal(probeKind(parseProbeSpec(kind.example)), kind)
    t.doesNotThrow(() => make(kind.example), kind.example)
  }
})

t.test('what is not known is refused, with what is', async t => {
  t.throws(
    () => make('foo'),
    new UsageError(`unknown probe 'foo': known are ${PROBES.map(({ name }) => name).join(', ')}`),
  )
  t.throws(() => make('sine?perod=1s'), /unknown parameter 'perod' \(known: period, amplitude, offset, phase\)/)
  t.throws(() => make('sine?period=soon'), /probe sine\?period=soon: period: 'soon' is no duration/)
  t.throws(() => make('sine?period=0'), /expected more than 0/)
  t.throws(() => make('step?period=0s'), /expected more than 0/)
  t.throws(() => make('replay'), /expected replay:FILE/)
  t.throws(() => make('replay:x?speed=0'), /expected more than 0, or max/)
  t.throws(() => make('random:x'), /expected random/)
  t.throws(() => make('iq?rate=0'), /rate: expected more than 0/)
  t.throws(() => make('iq?samples=0'), /samples: expected 1 or more/)
  t.throws(() => make('iq?tones=loud'), /tone 'loud': expected for example 100k:-20/)
  t.throws(() => make('system?what=mood'), /unknown quantity 'mood' \(known: cpu, load/)
})

t.test('random fills its range with the digits it is asked for', async t => {
  const probe = ticked('random', { range: { min: -1, max: 1, digits: 1 } })
  const seen = new Set(Array.from({ length: 1000 }, () => at(probe, 0)))
  t.same(
    [...seen].sort((a, b) => Number(a) - Number(b)),
    Array.from({ length: 21 }, (_, index) => (index - 10) / 10),
  )
})

t.test('sine and step are what their formulas say', async t => {
  const sine = ticked('sine?period=4s&amplitude=2&offset=1')
  t.same(
    [0, 1, 2, 3, 4].map(second => at(sine, second)),
    [1, 3, 1, -1, 1],
  )
  t.equal(at(ticked('sine?period=4s&phase=90'), 0), 100)
  const step = ticked('step?low=1&high=5&period=2s')
  t.same(
    [0, 0.9, 1, 1.9, 2].map(second => at(step, second)),
    [1, 1, 5, 5, 1],
  )
})

t.test('noise has its mean and deviation', async t => {
  const probe = ticked('noise?mean=20&sigma=0.5')
  const drawn = Array.from({ length: 20_000 }, () => Number(at(probe, 0)))
  const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length
  const deviation = Math.sqrt(drawn.reduce((sum, value) => sum + (value - mean) ** 2, 0) / drawn.length)
  t.ok(Math.abs(mean - 20) < 0.02, `${mean}`)
  t.ok(Math.abs(deviation - 0.5) < 0.02, `${deviation}`)
})

t.test('iq is a continuous complex exponential at its level', async t => {
  const probe = ticked('iq?rate=8&samples=3&tones=1:-6.0205999&noise=none')
  const samples = [0, 1].flatMap(() => {
    const reading = at(probe, 0)
    if (typeof reading === 'number' || !reading.data) throw new Error('no data')
    return [...new Float32Array(reading.data.buffer)]
  })
  for (let index = 0; index < 6; index++) {
    const angle = (2 * Math.PI * index) / 8
    t.ok(Math.abs((samples[2 * index] ?? 0) - 0.5 * Math.cos(angle)) < 1e-6, `I ${index}`)
    t.ok(Math.abs((samples[2 * index + 1] ?? 0) - 0.5 * Math.sin(angle)) < 1e-6, `Q ${index}`)
  }
})

t.test('iq noise has the power it is asked for', async t => {
  const reading = at(ticked('iq?samples=20000&tones=0:-200&noise=-20'), 0)
  if (typeof reading === 'number' || !reading.data) throw new Error('no data')
  const power = new Float32Array(reading.data.buffer).reduce((sum, value) => sum + value * value, 0) / 20_000
  t.ok(Math.abs(10 * Math.log10(power) + 20) < 0.2, `${power}`)
})

t.test('the interval of iq follows from samples and rate', async t => {
  const spec = parseProbeSpec('iq?rate=2M&samples=1000')
  t.equal(probeKind(spec).interval?.(spec), 0.5)
})

t.test('system is one sensor for each quantity, or the one that is named', async t => {
  const spec = parseProbeSpec('system')
  const parts = probeKind(spec).parts?.(spec) ?? []
  t.same(
    parts.map(({ text }) => text),
    ['system?what=cpu', 'system?what=load', 'system?what=memory', 'system?what=temperature', 'system?what=network'],
  )
  const memory = await ticked('system?what=memory').read(LIVE)
  t.ok(typeof memory === 'object' && Number(memory.value) > 1e6, 'the free memory of this machine')
  const load = await ticked('system?what=load').read(LIVE)
  t.ok(typeof load === 'object' && Number(load.value) >= 0)
  const network = await ticked('system?what=network').read(LIVE)
  if (typeof network !== 'object') throw new Error('no reading')
  const { received, sent } = network.fields ?? {}
  t.ok(Number(received) >= 0 && Number(sent) >= 0)
  t.equal(network.value, Number(received) + Number(sent), 'both directions together')
  const temperature = await ticked('system?what=temperature').read(LIVE)
  if (typeof temperature !== 'object') throw new Error('no reading')
  t.ok(temperature.value === null || Number.isFinite(temperature.value), 'degrees, or null where nobody can say')
})

t.test('sequence tells the time in nanoseconds where it is the clock’s, and never on a schedule', async t => {
  const probe = ticked('sequence')
  const fieldsAt = async (time: number, live: boolean) => {
    const value = await probe.read({ ...LIVE, time, live })
    return typeof value === 'object' ? value.fields : undefined
  }
  t.equal((await fieldsAt(1_700_000_000_123.25, true))?.['timestamp_ns'], '1700000000123250000')
  t.equal((await fieldsAt(1_700_000_000_123, true))?.['timestamp_ns'], '1700000000123000000', 'six digits always')
  t.same(Object.keys((await fieldsAt(1_700_000_000_123, false)) ?? {}), ['seq', 'crc'])
})

t.test('exec: each line is a value, a bad one is named, the end of the command is the end', async t => {
  const rejected: string[] = []
  const probe = eventful(`exec:printf '1\\n-2.5e3\\nnope\\n"text"\\n{"value":3,"id":"x","k":[1]}\\n42'`, { rejected })
  t.same(values(await all(probe)), [1, -2500, { value: 'text' }, { value: 3, fields: { k: [1] } }, 42])
  t.equal(rejected.length, 1)
  t.match(rejected[0], /^no value: exec:printf.*: line 3: 'nope': expected a number or JSON$/)
})

t.test('exec: a command that fails is an error; one that is stopped is not', async t => {
  await t.rejects(all(eventful('exec:echo 1; exit 3')), new CarrierError('exec:echo 1; exit 3', 'ended with code 3'))
  const stop = new AbortController()
  const events = eventful('exec:echo 1; sleep 100 | cat').events(stop.signal)[Symbol.asyncIterator]()
  t.same((await events.next()).value, [{ reading: 1 }])
  stop.abort()
  t.equal((await events.next()).done, true)
})

t.test('replay: the rows of a CSV file at their own times', async t => {
  const rejected: string[] = []
  const folder = t.testdir({
    'room.csv':
      'timestamp,value,room\r\n2026-01-01 00:00:00,19.50,"a,b"\r\n2026-01-01 00:00:02,19.75,x\r\nnever,1,x\r\n1,2\r\n2026-01-01T00:00:05Z,off,x\r\n',
  })
  const events = await all(eventful(`replay:${folder}/room.csv?speed=2`, { rejected }))
  t.same(events, [
    { reading: 19.5, after: 0 },
    { reading: 19.75, after: 1000 },
    { reading: { value: 'off' }, after: 2500 },
  ])
  t.match(rejected, [
    /^no timestamp: .*room.csv:4: 'never'/,
    /^wrong number of cells: .*room.csv:5: 2 cells, expected 3/,
  ])
  t.same(values(await all(eventful(`replay:${folder}/room.csv?value=room&speed=max`))).slice(0, 1), [{ value: 'a,b' }])
  await t.rejects(
    all(eventful(`replay:${folder}/room.csv?value=rom`)),
    /no column 'rom' \(there are timestamp, value, room\)/,
  )
})

t.test('replay: the objects of an ndjson file, with seconds or milliseconds', async t => {
  const rejected: string[] = []
  const folder = t.testdir()
  const path = `${folder}/log.ndjson`
  const rows = [
    '{"timestamp":100.5,"value":1,"name":"old"}',
    '',
    'x',
    '{"timestamp":101,"value":2,"unit":"V"}',
    '{"value":3}',
  ]
  writeFileSync(path, rows.join('\n'))
  t.same(await all(eventful(`replay:${path}`, { rejected })), [
    { reading: { value: 1, fields: {} }, after: 0 },
    { reading: { value: 2, fields: { unit: 'V' } }, after: 500 },
  ])
  t.match(rejected, [/^invalid JSON: .*log.ndjson:3/, /^no timestamp: .*log.ndjson:5/])
})

t.test('replay: a missing file is an error before the sensor is ready', async t => {
  await t.rejects(
    Promise.resolve(eventful('replay:/none/such.csv').open?.()),
    /\/none\/such.csv: no such file or directory/,
  )
})
