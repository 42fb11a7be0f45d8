// broker sub: packets of topics to any output.

import type { Bus, BusContext } from '../../bus/bus.ts'
import { type DatasetSubscriberOptions, datasetSubscriber } from '../../bus/dataset-subscriber.ts'
import { INBOX_POLICIES } from '../../bus/inbox-policy.ts'
import { busFor } from '../../bus/index.ts'
import { defineCommand } from '../../cli/command.ts'
import { openOutputs, runInto } from '../../cli/endpoints.ts'
import { limited } from '../../cli/limits.ts'
import type { Option, Values } from '../../cli/option.ts'
import { BUS, COMMON, LIMITS, OUTPUT, REJECTS } from '../../cli/shared-options.ts'
import { UsageError } from '../../errors.ts'
import { parseTime } from '../../filter/time.ts'
import type { Source } from '../../stream/step.ts'
import { isPattern } from '../../topic/address.ts'

const OPTIONS = [
  ...COMMON,
  ...LIMITS,
  ...BUS,
  {
    name: 'policy',
    kind: 'choice',
    choices: INBOX_POLICIES,
    argument: 'POLICY',
    default: 'drop-oldest',
    summary: 'what the broker does with packets that this subscriber is too slow for',
    detail:
      'With block the publishers of its topics wait for it. Otherwise nobody waits: what is dropped is announced by gap ' +
      'records, counted, and makes exit code 3.',
  },
  {
    name: 'buffer',
    kind: 'count',
    argument: 'N',
    default: '65536',
    summary: 'how many packets wait for this subscriber in the broker',
  },
  {
    name: 'group',
    kind: 'text',
    argument: 'NAME',
    summary: 'share the packets with others that name the same group: one of them gets each',
  },
  {
    name: 'window',
    kind: 'count',
    argument: 'N',
    summary: 'acknowledge what has been written, with N packets at most under way: nothing is lost with this process',
    detail:
      'What a member of a group had not acknowledged when it left goes to another, or to the next that comes within a minute; ' +
      'it says "redelivered":true, because it may have been dealt with.',
  },
  {
    name: 'from',
    kind: 'text',
    argument: 'PLACE',
    summary: 'begin in the past, where the broker keeps a journal: an offset, a time, or earliest',
    detail:
      'Then what is published goes on without a seam, at the pace of this subscriber. A number is an offset; a time is ' +
      '2026-11-21T04:00:00Z (UTC without an offset), 2026-11-21, or how long ago: 1h.',
  },
  { name: 'offsets', kind: 'flag', summary: 'with --from: each packet says its "offset" in the journal' },
  {
    name: 'durable',
    kind: 'text',
    argument: 'NAME',
    summary: 'be a consumer that the broker remembers, which goes on where it acknowledged; implies --window 1000',
    detail:
      'Where the broker keeps a journal. A new consumer begins with what is published from now on, or at --from. Several that ' +
      'name the same one share its packets. What it had not acknowledged comes again and says "redelivered":true, also after ' +
      'a kill of the broker. It is there until broker forget.',
  },
  {
    name: 'dataset',
    kind: 'text',
    argument: 'NAME',
    summary: 'the rows of this dataset, of every publisher that listens at PATTERN, which is an address then',
  },
  {
    name: 'as',
    kind: 'choice',
    choices: ['changes', 'state'],
    argument: 'WHAT',
    default: 'changes',
    summary: 'with --dataset: a packet for each snapshot and change, or all rows of the publisher after each',
  },
  {
    name: 'every',
    kind: 'duration',
    argument: 'TIME',
    default: '30s',
    summary: 'with --dataset: announce the subscription again and again, so that publishers may come later',
  },
  { name: 'live', kind: 'flag', summary: 'only what is published from now on, nothing that is retained' },
  ...OUTPUT,
  ...REJECTS,
] as const satisfies readonly Option[]

export const brokerSub = defineCommand({
  name: 'broker sub',
  summary: 'subscribe to topics',
  description: [
    'broker sub writes every packet that is published to a topic one of the patterns stands for, from now on, until it is ' +
      'stopped. A packet comes once, however many patterns match.',
    'Where the broker keeps a journal (broker serve --journal), --from begins in the past, and --durable NAME goes on where ' +
      'the consumer of that name acknowledged, whoever was killed meanwhile.',
    'With --dataset it subscribes to the rows of a dataset (see broker pub --dataset) at every publisher that listens at the ' +
      'address. It prints {"dataset":…,"publisher":…,"seq":…,"rows":[…]} for a snapshot, and "inserts" and "deletes" for a ' +
      'change; with --as state all rows of the publisher after each change. Whatever is missed is noticed, and healed by ' +
      'a new snapshot.',
    'When the connection breaks it is made again; what was published meanwhile is missed, which is said and makes exit ' +
      'code 3. With --from or --durable nothing is missed.',
  ],
  positionals: [
    {
      name: 'PATTERN',
      summary: 'topics: * stands for one word, # for any number of words',
      many: true,
      required: true,
    },
  ],
  options: OPTIONS,
  examples: [
    {
      summary: 'The first five packets of any topic below lab, as CSV',
      line: 'export DAQ_BUS=unix:bus; broker serve --listen unix:bus & broker sub -qn 5 lab.# --to csv & sensor-sim -n 5 --interval 0 | broker pub -q --subscribers 1 lab.sim; wait %2; kill %1',
    },
    {
      summary: 'The same on a NATS server',
      line: 'export DAQ_BUS=nats://127.0.0.1; broker sub -qn 5 man.# --to csv & sensor-sim -n 5 --interval 0 | broker pub -q --subscribers 1 man.sim; wait',
      needs: 'DAQ_TEST_NATS',
    },
  ],
  seeAlso: ['broker(1)', 'broker(5)', 'broker-pub(1)'],
  filter: false,
  async run(context) {
    const { values, positionals, carrier, ledger, reject, warn, explain } = context
    const { policy, buffer, to, group, live, dataset, as, every, durable, offsets } = values
    const window = values.window ?? (durable === undefined ? undefined : WINDOW)
    const from = placeOf(values.from)
    checkPast(values)
    const surroundings = { stop: carrier.stop, ledger, warn, reject }
    const bus = busFor(values.bus, warn)
    const onReady = () => explain(`subscribed to ${positionals.join(', ')}`)
    const source =
      dataset === undefined
        ? bus.subscribe(
            positionals,
            {
              policy,
              packets: buffer,
              ...(group !== undefined && { group }),
              ...(window !== undefined && { window }),
              ...(from !== undefined && { from }),
              ...(offsets && { offsets }),
              ...(durable !== undefined && { durable }),
              ...(live && { retained: false }),
              ...(to === 'frame' && { form: 'frames' as const }),
              onReady,
            },
            surroundings,
          )
        : rows(bus, { dataset, as, every, onReady }, positionals, surroundings)
    // Its own policy is the broker's: a slow output is waited for, and what waits for it waits there.
    const sink = await openOutputs({ ...context, carrier: { ...carrier, policy: 'block' } })
    await runInto(limited(source, values, context.stop), [], sink)
  },
})

/** Packets under way to a consumer, where nobody says how many. */
const WINDOW = 1000

/** An offset, or words that every broker understands. */
function placeOf(text: string | undefined): number | string | undefined {
  if (text === undefined || text === 'earliest') return text
  if (/^\d+$/.test(text)) return Number(text)
  return new Date(parseTime(text, Date.now())).toISOString()
}

function checkPast({ from, durable, group, window, dataset, offsets }: Values<typeof OPTIONS>): void {
  if (dataset !== undefined && (from ?? durable) !== undefined) {
    throw new UsageError('--dataset: begins with a snapshot: not with --from or --durable')
  }
  if (durable !== undefined && group !== undefined) {
    throw new UsageError('--durable: who names the same consumer shares it: not with --group')
  }
  if (from !== undefined && durable === undefined && (group ?? window) !== undefined) {
    throw new UsageError('--from: with --group or --window only where --durable names a consumer')
  }
  if (offsets && (from === undefined || durable !== undefined)) {
    throw new UsageError('--offsets: only with --from, and not with --durable')
  }
}

function rows(
  bus: Bus,
  options: Omit<DatasetSubscriberOptions, 'address'>,
  [address, ...others]: readonly string[],
  surroundings: BusContext,
): Source {
  if (address === undefined || others.length > 0 || isPattern(address)) {
    throw new UsageError('--dataset: expected one address without wildcards')
  }
  return datasetSubscriber(bus, { ...options, address }, surroundings)
}
