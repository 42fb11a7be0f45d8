// broker pub: packets of any input to topics, or into a dataset.

import type { Bus, BusContext } from '../../bus/bus.ts'
import { DatasetPublisher } from '../../bus/dataset-publisher.ts'
import { busFor } from '../../bus/index.ts'
import { type Context, defineCommand } from '../../cli/command.ts'
import { openInputs, runInto } from '../../cli/endpoints.ts'
import { limited } from '../../cli/limits.ts'
import type { Option, Values } from '../../cli/option.ts'
import { BUS, COMMON, INPUT, LIMITS } from '../../cli/shared-options.ts'
import { UsageError } from '../../errors.ts'
import { makeIds } from '../../id.ts'
import type { Sink } from '../../stream/step.ts'
import { datasetSink } from './dataset-sink.ts'
import { prepushOf } from './prepush.ts'

const DATASET = [
  {
    name: 'dataset',
    kind: 'text',
    argument: 'NAME',
    summary: 'the packets are rows of a dataset: subscribers get all of it first, then what changes',
  },
  {
    name: 'name',
    kind: 'text',
    argument: 'NAME',
    summary: 'with --dataset: the name of this publisher, which no other may have at the same time',
  },
  {
    name: 'key',
    kind: 'text',
    argument: 'FIELDS',
    summary: 'with --dataset: a packet takes the place of the row with the same values in these fields',
  },
  {
    name: 'prepush',
    kind: 'text',
    argument: 'COMMAND',
    summary: 'with --dataset: groom the rows before they are sent, by a program or a module (.js, .mjs)',
    detail:
      'The program reads {"dataset":…,"rows":[…]} and prints a list of rows, or null to send nothing this time. The default ' +
      'export of a module is a function of the rows.',
  },
  {
    name: 'stay',
    kind: 'flag',
    summary: 'with --dataset: be there for subscribers after the end of the input, until stopped',
  },
] as const satisfies readonly Option[]

const OPTIONS = [
  ...COMMON,
  ...LIMITS,
  ...INPUT,
  ...BUS,
  {
    name: 'subscribers',
    kind: 'count',
    argument: 'N',
    summary: 'with ADDRESS: publish nothing before N subscribers would get it',
  },
  { name: 'retain', kind: 'flag', summary: 'keep the last packet of each topic for those who subscribe later' },
  { name: 'ttl', kind: 'duration', argument: 'TIME', summary: 'after this time nobody wants a packet any more' },
  ...DATASET,
] as const satisfies readonly Option[]

export const brokerPub = defineCommand({
  name: 'broker pub',
  summary: 'publish packets to topics, or the rows of a dataset',
  description: [
    'broker pub reads packets and publishes each. With ADDRESS every packet gets that topic, also one that has another; ' +
      'without it each goes to the topic its meta names, and one that names none is rejected.',
    'It ends when the broker has confirmed all packets. When the connection breaks it is made again, and what was not ' +
      'confirmed is sent again.',
    'With --dataset the packets are rows, of which it keeps the present ones. Whoever subscribes to the dataset, by broker ' +
      'sub --dataset at ADDRESS or at the name of the publisher, gets a snapshot of all rows, and then what changes: rows ' +
      'that come and rows that go. A packet {"rows":[…]} is a whole state, {"insert":[…],"delete":[…]} a change, any other a ' +
      'row. With --key a packet takes the place of an earlier one, and one with "delete":true takes it away.',
  ],
  positionals: [{ name: 'ADDRESS', summary: 'the topic of all packets: words between dots' }],
  options: OPTIONS,
  examples: [
    {
      summary: 'Simulated sensors, for whoever subscribes to lab.sim',
      line: 'export DAQ_BUS=unix:bus; broker serve --listen unix:bus & sensor-sim -n 5 --interval 0 | broker pub -q lab.sim; kill %1',
    },
    {
      summary: 'The state of a door, kept by an MQTT broker for those who come later',
      line: 'export DAQ_BUS=mqtt://127.0.0.1; echo \'{"value":"open"}\' | broker pub -q --retain man.door; broker sub -qn 1 man.door',
      needs: 'DAQ_TEST_MQTT',
    },
    {
      summary: 'The last value of each sensor as a dataset, for those who come later, too',
      line:
        'export DAQ_BUS=unix:bus; broker serve --listen unix:bus & ' +
        'sensor-sim -n 20 --interval 0 >rows; broker pub -i rows --dataset readings --key name --stay lab.sensors & ' +
        'broker sub -qn 1 --dataset readings --as state lab.sensors; kill %2 %1',
    },
  ],
  seeAlso: ['broker(1)', 'broker(5)', 'broker-sub(1)'],
  filter: true,
  async run(context) {
    const { values, carrier, ledger, reject, warn } = context
    const surroundings = { stop: carrier.stop, ledger, warn, reject }
    const bus = busFor(values.bus, warn)
    const source = openInputs(context)
    const sink =
      values.dataset === undefined
        ? await openTopics(bus, context, surroundings)
        : await openDataset(bus, values.dataset, context, surroundings)
    await runInto(limited(source, values, context.stop), [], sink)
  },
})

type PubContext = Context<Values<typeof OPTIONS>>

function openTopics(bus: Bus, { values, positionals }: PubContext, surroundings: BusContext): Promise<Sink> {
  const [topic] = positionals
  const { subscribers, retain, ttl } = values
  const misplaced = (['name', 'key', 'prepush'] as const).find(name => values[name] !== undefined)
  if (misplaced !== undefined || values.stay) throw new UsageError(`--${misplaced ?? 'stay'}: only with --dataset`)
  if (subscribers !== undefined && topic === undefined) throw new UsageError('--subscribers: of which ADDRESS?')
  const options = {
    ...(topic !== undefined && { topic }),
    ...(subscribers !== undefined && { subscribers }),
    ...(retain && { retain }),
    ...(ttl !== undefined && { ttl: Math.max(1, Math.round(ttl)) }),
  }
  return bus.publish(options, surroundings)
}

async function openDataset(bus: Bus, dataset: string, context: PubContext, surroundings: BusContext): Promise<Sink> {
  const { values, positionals, carrier, explain } = context
  if (values.retain || values.ttl !== undefined || values.subscribers !== undefined) {
    throw new UsageError('--retain, --ttl, --subscribers: not with --dataset')
  }
  const prepush = values.prepush === undefined ? undefined : await prepushOf(values.prepush, dataset)
  const name = values.name ?? `publisher.${makeIds()()}`
  const publisher = new DatasetPublisher(bus, { name, addresses: positionals, dataset }, surroundings)
  await publisher.open()
  explain(`publishes ${dataset} as ${name}`)
  const key = values.key?.split(',') ?? []
  return datasetSink(publisher, {
    key,
    prepush,
    stay: () => (values.stay ? publisher.until(carrier.stop) : Promise.resolve()),
  })
}
