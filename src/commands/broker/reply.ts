// broker reply: answers requests with a program.

import { busFor } from '../../bus/index.ts'
import { reply } from '../../bus/reply.ts'
import { defineCommand } from '../../cli/command.ts'
import { limited } from '../../cli/limits.ts'
import type { Option } from '../../cli/option.ts'
import { BUS, COMMON, LIMITS, REJECTS } from '../../cli/shared-options.ts'
import { UsageError } from '../../errors.ts'
import { execAnswer } from './exec-answer.ts'

const OPTIONS = [
  ...COMMON,
  ...LIMITS,
  ...BUS,
  {
    name: 'exec',
    kind: 'text',
    argument: 'COMMAND',
    summary: 'run this in a shell for each request: its input is the request, the packets it prints are the answers',
  },
  {
    name: 'jobs',
    short: 'j',
    kind: 'count',
    argument: 'N',
    default: '4',
    summary: 'work on N requests at the same time',
  },
  {
    name: 'limit',
    kind: 'duration',
    argument: 'TIME',
    default: '30s',
    summary: 'end a program that takes longer, as long as who asks waits by default',
  },
  {
    name: 'group',
    kind: 'text',
    argument: 'NAME',
    summary: 'share the requests with others that name the same group: one of them gets each',
  },
  ...REJECTS,
] as const satisfies readonly Option[]

export const brokerReply = defineCommand({
  name: 'broker reply',
  summary: 'answer requests with a program',
  description: [
    'broker reply answers every request that comes to ADDRESS. The program of --exec is started for each; what it prints, ' +
      'lines of JSON or frames, goes to whoever asked. When it fails, the answer is {"error":{"code":…,"message":…}} with ' +
      'what it has said on stderr, or that it has not ended within --limit.',
  ],
  positionals: [{ name: 'ADDRESS', summary: 'the topic of the requests, or a pattern', required: true }],
  options: OPTIONS,
  examples: [
    {
      summary: 'A reading on request, from one of two that can give it',
      line:
        'export DAQ_BUS=unix:bus; broker serve --listen unix:bus & ' +
        "for i in 1 2; do broker reply --duration 2s --group readers lab.t --exec 'sensor-sim -n 1 --interval 0' & done; " +
        'broker request -q lab.t; kill %2 %3 %1',
    },
  ],
  seeAlso: ['broker(1)', 'broker-request(1)', 'broker(5)'],
  filter: false,
  async run(context) {
    const { values, positionals, carrier, ledger, reject, warn, explain } = context
    const { exec, jobs, limit, group } = values
    if (exec === undefined) throw new UsageError('answer how? Expected --exec COMMAND')
    const surroundings = { stop: carrier.stop, ledger, warn, reject }
    const bus = busFor(values.bus, warn)
    const onReady = () => explain(`answers at ${positionals.join(', ')}`)
    const source = bus.subscribe(positionals, { onReady, ...(group !== undefined && { group }) }, surroundings)
    await reply(bus, limited(source, values, context.stop), { jobs }, execAnswer(exec, { limit, reject }), surroundings)
  },
})
