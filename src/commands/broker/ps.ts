// broker ps: who is at the broker, what they get, what they miss.

import type { Bus, BusContext } from '../../bus/bus.ts'
import { busFor } from '../../bus/index.ts'
import { pause } from '../../carrier/socket.ts'
import { defineCommand } from '../../cli/command.ts'
import { openOutputs, runInto } from '../../cli/endpoints.ts'
import { limited } from '../../cli/limits.ts'
import type { Option } from '../../cli/option.ts'
import { BUS, COMMON, LIMITS, OUTPUT } from '../../cli/shared-options.ts'
import { UsageError } from '../../errors.ts'
import type { Batch } from '../../packet.ts'
import { inColumns } from './status-columns.ts'
import { StatusRates } from './status-rates.ts'
import { statusTable } from './status-table.ts'

const OPTIONS = [
  ...COMMON,
  ...LIMITS,
  ...BUS,
  {
    name: 'every',
    kind: 'duration',
    argument: 'TIME',
    summary: 'again and again, with rates since the time before; on a terminal in place',
  },
  ...OUTPUT,
] as const satisfies readonly Option[]

export const brokerPs = defineCommand({
  name: 'broker ps',
  summary: 'show who is at the broker, what they get and what they miss',
  description: [
    'broker ps prints the state of the broker, of each client and of each group: as a table on a terminal, else as packets.',
    'Of a client it tells its name and addresses, its patterns, its policy, and counts of packets: *received* from it, *written* for it, ' +
      'which are *sent* + *dropped* + *pending*. What is pending is how far it lags behind. *waiting_for_others* says that ' +
      'the broker does not read from it, because a subscriber with the policy block has no room.',
    'As CSV all rows have the same columns; what has none stands in the last one, *extra*, as JSON.',
  ],
  positionals: [],
  options: OPTIONS,
  examples: [
    {
      summary: 'Once',
      line: 'export DAQ_BUS=unix:bus; broker serve --listen unix:bus & broker ps; kill %1',
    },
    {
      summary: 'Who loses packets, looked at twice',
      line: "export DAQ_BUS=unix:bus; broker serve --listen unix:bus & broker ps --every 100ms --duration 250ms | repack --where 'dropped_per_second>0'; kill %1",
    },
  ],
  seeAlso: ['broker(1)', 'broker-serve(1)'],
  filter: false,
  async run(context) {
    const { values, carrier, ledger, reject, warn, terminal } = context
    const bus = busFor(values.bus, warn)
    const source = states(bus, values.every, { stop: carrier.stop, ledger, warn, reject })
    const isTable = terminal !== undefined && values.out.length === 0 && values.to === 'auto'
    const sink = isTable ? statusTable(terminal, { live: values.every !== undefined }) : await openOutputs(context)
    const isCsv = values.to === 'csv' || values.out.some(url => url.endsWith('.csv'))
    await runInto(limited(source, values, context.stop), isCsv ? [{ push: inColumns }] : [], sink)
  },
})

async function* states(bus: Bus, every: number | undefined, context: BusContext): AsyncGenerator<Batch> {
  if (!bus.status) throw new UsageError(`${bus.name}: this bus does not tell its state`)
  const rates = new StatusRates()
  for (;;) {
    const batch = await bus.status(context)
    if (batch.length > 0) yield every === undefined ? batch : rates.push(batch, performance.now())
    if (every === undefined || context.stop.aborted) return
    await pause(every, context.stop)
  }
}
