// sensor-sim: sensors, each in its own process, and a network with a limit between them and the output.

import { type Context, defineCommand } from '../cli/command.ts'
import { openOutputs, runInto } from '../cli/endpoints.ts'
import { limited } from '../cli/limits.ts'
import type { Values } from '../cli/option.ts'
import { COMMON, LIMITS, OUTPUT, QUEUE, REJECTS } from '../cli/shared-options.ts'
import { UsageError } from '../errors.ts'
import { parseTime } from '../filter/time.ts'
import { PROBES } from '../probe/index.ts'
import { randomStream } from '../random.ts'
import { systemClock } from '../sensor/clock.ts'
import { parseSensor, sensorConfigs } from '../sensor/config.ts'
import { FAULTS, parseFaults } from '../sensor/faults.ts'
import { ISOLATIONS, openHabitat } from '../sensor/habitat.ts'
import { CONNECTIONS } from '../sensor/in-processes.ts'
import { SENSOR_KINDS } from '../sensor/kinds.ts'
import { Simulation, type SimulationOptions } from '../sensor/simulation.ts'
import { formatDuration, parseNumber } from '../units.ts'
import { compileLate } from '../v8-flags.ts'

/** Messages that a sensor at full speed sends together, at most. */
const BLOCK = 256

const OPTIONS = [
  ...COMMON,
  {
    name: 'sensors',
    kind: 'count',
    argument: 'N',
    summary: 'this many plain sensors, Sensor-0 and so on (default 5, or none beside --sensor)',
  },
  {
    name: 'sensor',
    kind: 'text',
    argument: 'SPEC',
    many: true,
    summary: 'one sensor: a kind, or name=…,interval=…,probe=…,count=…,kind=…,unit=…,min=…,max=…,digits=…',
    detail:
      'count is the number of messages after which the sensor ends. The parameters of the probe may stand beside the ' +
      'others: probe=system,what=cpu. A comma ends a value only where a key follows, so that a command may hold commas.',
  },
  {
    name: 'interval',
    kind: 'duration',
    argument: 'TIME',
    summary: 'time between the messages of a sensor that says nothing else (default 5s); 0 is as fast as possible',
    detail:
      'The first message is sent at once (those of several sensors within 5 ms, so that they do not all tick at the same instant), the n-th is due n intervals after it: lateness never adds up.',
  },
  {
    name: 'probe',
    kind: 'text',
    argument: 'PROBE',
    default: 'random',
    summary: 'where the values of a sensor that says nothing else come from; see Probes',
  },
  {
    name: 'seed',
    kind: 'text',
    argument: 'TEXT',
    summary: 'the same values, ids and faults each time, in the same order',
  },
  {
    name: 'start-time',
    kind: 'text',
    argument: 'TIME',
    summary: 'timestamps follow the schedule from here (RFC 3339, or seconds since 1970)',
  },
  {
    name: 'speed',
    kind: 'text',
    argument: 'FACTOR',
    default: '1',
    summary: 'run the schedule this much faster; max does not wait at all',
  },
  { name: 'rate', kind: 'number', argument: 'HZ', summary: 'sample rate of the probe iq (default 1M)' },
  {
    name: 'isolation',
    kind: 'choice',
    choices: ISOLATIONS,
    argument: 'WHERE',
    default: 'process',
    summary: 'let each sensor live in a process, in a thread, or all of them in this one',
  },
  {
    name: 'connection',
    kind: 'choice',
    choices: CONNECTIONS,
    argument: 'LINK',
    default: 'pipe',
    summary: "what connects a sensor's process with the network",
  },
  {
    name: 'network-limit',
    kind: 'count',
    argument: 'N',
    default: '5',
    summary: 'messages in flight at once, over all sensors together',
    detail:
      'A message is in flight from when it leaves its sensor’s queue until the output has taken it. The others wait in ' +
      'the queues of their sensors, which get their turns one after the other.',
  },
  {
    name: 'network-latency',
    kind: 'duration',
    argument: 'TIME',
    default: '0',
    summary: 'how long each message is in flight; with 0 until the output has taken it',
  },
  {
    name: 'fault',
    kind: 'text',
    argument: 'FAULTS',
    many: true,
    summary: `let the network or the sensors fail: ${FAULTS.map(({ example }) => example).join(',')}`,
    detail:
      'A message suffers one fault at most. Faults are counted as injected, not as lost, and nothing announces them: ' +
      'it is for the receiver to find them.',
  },
  ...LIMITS,
  ...OUTPUT,
  ...QUEUE,
  ...REJECTS,
] as const

type SimValues = Values<typeof OPTIONS>

export const sensorSim = defineCommand({
  name: 'sensor-sim',
  summary: 'simulate sensors and the network that carries their messages',
  description: [
    'sensor-sim runs sensors, five by default, each in a process of its own, and writes what they measure as packets: ' +
      '{"timestamp":…,"id":…,"name":…,"value":…}. The id is a UUID of version 7, unique for ever. Between the sensors and ' +
      'the output is a simulated network that carries five messages at once; a full network makes the sensors wait, or ' +
      'drops messages, as --policy says.',
    'Ticks do not drift: the n-th message is due n intervals after the first. A tick that is late by more than its ' +
      'interval (and 50 ms) is skipped and counted as late; with --start-time none is skipped.',
    'With --seed, values, ids and order are the same each time; with --start-time also the timestamps, so that the ' +
      'output is the same byte for byte. Messages then travel in the order of the schedule, those of the same time in ' +
      'the order of the sensors; an interval of 0 counts as 1 ms there.',
    'A sensor whose process dies is started again three times; if it still dies the others go on, and the exit code is 1.',
  ],
  positionals: [],
  options: OPTIONS,
  topics: [
    { title: 'Probes', terms: PROBES.map(({ example, summary }) => [example, summary] as const) },
    {
      title: 'Kinds of sensors',
      terms: SENSOR_KINDS.map(
        ({ name, prefix, interval, unit, range: { min, max } }) =>
          [name, `${prefix}-0 and so on, every ${formatDuration(interval)}, ${min} to ${max} ${unit}`] as const,
      ),
    },
    { title: 'Faults', terms: FAULTS.map(({ example, summary }) => [example, summary] as const) },
  ],
  examples: [
    { summary: 'Five sensors, one message each', line: 'sensor-sim -n 5' },
    {
      summary: 'The same ten messages each time, without waiting',
      line: 'sensor-sim -n 10 --seed 1 --start-time 2026-01-01T00:00:00Z --speed max',
    },
    {
      summary: 'Three kinds of sensors and one of your own',
      line: "sensor-sim -n 8 --speed 10 --sensor temperature --sensor humidity --sensor name=tank,interval=2s,probe='sine?period=1m',unit=cm",
    },
    {
      summary: 'Prove that a receiver notices what goes wrong',
      line: 'sensor-sim --probe sequence --interval 0 -n 10000 --seed 1 --fault drop=1%,duplicate=1% | verify -q || test $? = 3',
    },
  ],
  seeAlso: ['log-sink(1)', 'verify(1)', 'packet(5)'],
  filter: false,
  async run(context) {
    compileLate()
    const { values } = context
    const options = simulationOptions(context)
    const sink = await openOutputs(context)
    const { duration, timeout } = values
    const limits = { duration, timeout, 'idle-timeout': values['idle-timeout'] }
    await runInto(limited(new Simulation(options).packets(), limits, context.stop), [], sink)
    if (values.fault.length > 0) context.inform(context.ledger.summary())
  },
})

function simulationOptions(context: Context<SimValues>): SimulationOptions {
  const { values } = context
  const { seed, policy, buffer } = values
  const { interval, sensors, probe, rate } = values
  const speed = parseSpeed(values.speed)
  const given = values['start-time']
  const now = Math.floor(systemClock.now())
  // A schedule that runs at another speed than the clock cannot show the clock's time.
  const startTime = given === undefined ? (speed === 1 ? undefined : now) : Math.floor(parseTime(given, now))
  const limit = values['network-limit']
  if (limit === 0) throw new UsageError('--network-limit 0: nothing would ever arrive; expected 1 or more')
  if (buffer === 0) throw new UsageError('--buffer 0: expected 1 or more')
  const faults = parseFaults(values.fault)
  return {
    configs: sensorConfigs(values.sensor.map(parseSensor), { sensors, probe, interval, rate }),
    orders: {
      ...(seed !== undefined && { seed }),
      scheduled: startTime !== undefined,
      speed: speed === Number.POSITIVE_INFINITY ? null : speed,
      block: Math.min(BLOCK, buffer),
      ...(faults.stuck.probability > 0 && { stuck: faults.stuck }),
    },
    startTime,
    network: {
      limit,
      latency: values['network-latency'],
      policy,
      buffer,
      ordered: seed !== undefined || startTime !== undefined,
      total: values.count ?? Number.POSITIVE_INFINITY,
      faults,
      random: sensor => randomStream(seed, `${sensor} fault`),
    },
    habitat: openHabitat(values.isolation, values.connection),
    clock: systemClock,
    ledger: context.ledger,
    reject: context.reject,
    warn: context.warn,
    stop: context.carrier.stop,
  }
}

function parseSpeed(text: string): number {
  if (text === 'max') return Number.POSITIVE_INFINITY
  const speed = parseNumber(text)
  if (!(speed > 0)) throw new UsageError(`--speed ${text}: expected more than 0, or max`)
  return speed
}
