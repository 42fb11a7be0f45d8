// broker bridge: joins two buses.

import { Prefix } from '../../bus/bridge/names.ts'
import { bridge } from '../../bus/bridge.ts'
import { busFor } from '../../bus/index.ts'
import { defineCommand } from '../../cli/command.ts'
import type { Option } from '../../cli/option.ts'
import { COMMON, LIMITS, REJECTS } from '../../cli/shared-options.ts'
import { POLICIES } from '../../stream/policy.ts'
import { Timer } from '../../timer.ts'
import { compileLate } from '../../v8-flags.ts'

const OPTIONS = [
  ...COMMON,
  ...LIMITS.filter(({ name }) => name === 'duration'),
  {
    name: 'prefix',
    kind: 'text',
    argument: 'WORDS',
    default: '',
    summary: 'what the topics of FROM begin with at TO: openstack1. makes openstack1.compute.start of compute.start',
  },
  {
    name: 'topic',
    kind: 'text',
    argument: 'PATTERN',
    many: true,
    summary: 'only these topics of FROM (default #: all)',
  },
  { name: 'one-way', kind: 'flag', summary: 'nothing goes from TO to FROM' },
  {
    name: 'window',
    kind: 'count',
    argument: 'N',
    default: '1024',
    summary: 'N packets at most under way: they are acknowledged where they come from when the other side has them',
  },
  {
    name: 'policy',
    kind: 'choice',
    choices: POLICIES,
    argument: 'POLICY',
    default: 'drop-oldest',
    summary: 'what a bus does with packets that the other is too slow for',
  },
  {
    name: 'buffer',
    kind: 'count',
    argument: 'N',
    default: '65536',
    summary: 'how many packets wait for the other side',
  },
  ...REJECTS,
] as const satisfies readonly Option[]

export const brokerBridge = defineCommand({
  name: 'broker bridge',
  summary: 'join two buses, the topics of one under a prefix on the other',
  description: [
    'broker bridge publishes at TO what is published at FROM, and at FROM what is published at TO under the prefix, without ' +
      'it. So several sites that know nothing of each other keep their own topics, and one bus sees all of them: ' +
      '*openstack1.compute.start*, *openstack2.compute.start*. Each of FROM and TO is a URL that *--bus* takes.',
    'Requests cross, with their answers, and so do datasets: who subscribes at TO to *openstack1.instances* gets the rows of ' +
      'whoever publishes them at *instances* of FROM.',
    'A packet says by the member *via* of its meta which bridges it has crossed, and crosses none twice: buses may be joined ' +
      'in a circle. What is retained crosses when it is published, not later. A gap record crosses with the topic *_gap*.',
    'A connection that breaks is made again. Where the bus keeps what was not acknowledged, nothing is lost meanwhile; what ' +
      'the other side may have had already says "redelivered":true.',
  ],
  positionals: [
    { name: 'FROM', summary: 'a bus', required: true },
    { name: 'TO', summary: 'the other, which sees the topics of FROM with the prefix', required: true },
  ],
  options: OPTIONS,
  examples: [
    {
      summary: 'One bus that sees the topics of another below lab1',
      line:
        'broker serve --listen unix:lab & broker serve --listen unix:all & broker bridge -q unix:lab unix:all --prefix lab1. & ' +
        'sensor-sim --interval 5ms | broker pub -q --bus unix:lab cryostat & ' +
        "broker sub -qn 3 --bus unix:all 'lab1.#'; kill %4 %3 %2 %1",
    },
    {
      summary: 'A RabbitMQ, as it is seen on a broker of our own',
      line:
        'broker serve --listen unix:bus & broker bridge -q amqp://guest@127.0.0.1 unix:bus --prefix rabbit. & ' +
        'sensor-sim --interval 5ms | broker pub -q --bus amqp://guest@127.0.0.1 man.cryostat & ' +
        'broker sub -qn 3 --bus unix:bus rabbit.man.cryostat; kill %3 %2 %1',
      needs: 'DAQ_TEST_AMQP',
    },
  ],
  seeAlso: ['broker(1)', 'daqutils-endpoints(7)'],
  filter: false,
  async run({ values, positionals, carrier, ledger, reject, warn, explain, stop }) {
    compileLate()
    const [from = '', to = ''] = positionals
    const { policy, buffer, topic, window } = values
    const options = {
      patterns: topic.length > 0 ? topic : ['#'],
      prefix: new Prefix(values.prefix),
      oneWay: values['one-way'],
      window,
      policy,
      packets: buffer,
      onReady: () => explain(`joins ${from} and ${to}`),
    }
    const timer = values.duration === undefined ? undefined : new Timer(values.duration, () => stop.abort('duration'))
    try {
      await bridge(busFor(from, warn), busFor(to, warn), options, { stop: carrier.stop, ledger, warn, reject })
    } finally {
      timer?.stop()
    }
  },
})
