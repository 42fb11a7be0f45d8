// broker forget: what the broker keeps and nobody wants any more.

import { busFor } from '../../bus/index.ts'
import { defineCommand } from '../../cli/command.ts'
import type { Option } from '../../cli/option.ts'
import { BUS, COMMON } from '../../cli/shared-options.ts'
import { UsageError } from '../../errors.ts'

const OPTIONS = [
  ...COMMON,
  ...BUS,
  {
    name: 'durable',
    kind: 'text',
    argument: 'NAME',
    many: true,
    summary: 'the place of this consumer (broker sub --durable), which will not come back',
  },
] as const satisfies readonly Option[]

export const brokerForget = defineCommand({
  name: 'broker forget',
  summary: 'forget what is retained of topics, and consumers that will not come back',
  description: [
    'broker forget has the broker forget the last packet of each TOPIC, which broker pub --retain had it keep, and the ' +
      'consumers that --durable names. A consumer that somebody is a member of is not forgotten.',
    'Packets that are in the journal stay there: see broker serve --journal-size and --journal-age.',
  ],
  positionals: [{ name: 'TOPIC', summary: 'an address, without wildcards', many: true }],
  options: OPTIONS,
  examples: [
    {
      summary: 'A value that is no longer true',
      line:
        'export DAQ_BUS=unix:bus; broker serve -q --listen unix:bus & ' +
        'echo \'{"value":"open"}\' | broker pub -q --retain lab.door; broker forget lab.door; kill %1',
    },
    {
      summary: 'A consumer that was made by mistake',
      line:
        'export DAQ_BUS=unix:bus; broker serve -q --journal kept --listen unix:bus & ' +
        'broker sub -q --duration 100ms --durable mistake lab.#; broker forget --durable mistake; kill %1',
    },
  ],
  seeAlso: ['broker(1)', 'broker(5)', 'broker-pub(1)', 'broker-sub(1)', 'broker-ps(1)'],
  filter: false,
  async run({ values, positionals, carrier, ledger, reject, warn, explain }) {
    const bus = busFor(values.bus, warn)
    if (!bus.forget) throw new UsageError(`${bus.name}: this bus cannot be asked to forget anything`)
    if (positionals.length + values.durable.length === 0)
      throw new UsageError('forget what? Expected TOPIC or --durable')
    const context = { stop: carrier.stop, ledger, warn, reject }
    const wanted = [...positionals.map(topic => ({ topic })), ...values.durable.map(durable => ({ durable }))]
    for (const one of wanted) {
      await bus.forget(one, context)
      explain(`forgotten: ${Object.values(one)}`)
    }
  },
})
