// log-source: reads stores back as packets.

import { type Context, defineCommand } from '../cli/command.ts'
import { openOutputs, runInto } from '../cli/endpoints.ts'
import { limited } from '../cli/limits.ts'
import type { Values } from '../cli/option.ts'
import { COMMON, LIMITS, OUTPUT, QUEUE, REJECTS } from '../cli/shared-options.ts'
import { UsageError } from '../errors.ts'
import { byTime } from '../filter/by-time.ts'
import { pace, TimingErrors } from '../filter/pace.ts'
import { parseTime } from '../filter/time.ts'
import { storeFor } from '../store/index.ts'
import type { ReadOptions } from '../store/store.ts'
import { merge } from '../stream/merge.ts'
import type { Source } from '../stream/step.ts'
import { formatDuration, parseNumber } from '../units.ts'
import { parseEndpoint, withoutSecrets } from '../url.ts'

const TIME =
  'A time is 2026-11-21T04:00:00Z (UTC without an offset), 2026-11-21, seconds since 1970, or how long ago: 1h.'

const OPTIONS = [
  ...COMMON,
  ...LIMITS,
  {
    name: 'since',
    kind: 'text',
    argument: 'TIME',
    summary: 'packets of this time and later',
    detail: TIME,
  },
  { name: 'until', kind: 'text', argument: 'TIME', summary: 'packets before this time' },
  { name: 'name', kind: 'text', argument: 'NAME', many: true, summary: 'packets of this name; several are added up' },
  {
    name: 'speed',
    kind: 'text',
    argument: 'FACTOR',
    default: 'max',
    summary: 'original timing times this factor (1, 10), or max: as fast as it goes',
    detail:
      'The timing goes by the timestamps, without drift. Packets that are handed on more than 20 ms after their time ' +
      'are counted as late; with -v the timing error is told at the end.',
  },
  { name: 'follow', short: 'f', kind: 'flag', summary: 'go on with what is stored from now on, until stopped' },
  ...OUTPUT,
  ...REJECTS,
  ...QUEUE,
] as const

type LogSourceContext = Context<Values<typeof OPTIONS>>

export const logSource = defineCommand({
  name: 'log-source',
  summary: 'read what log-sink has stored back as packets',
  description: [
    'log-source reads each STORE that log-sink writes (CSV, SQLite, PostgreSQL, ndjson or frame files) and writes its ' +
      'packets to stdout or to an output: all, those of a period, or those of some sensors; as fast as it goes, or as ' +
      'they came in the first place.',
    'The packets of one store come in the order in which they were stored. Several stores are merged by timestamp; ' +
      'with --follow, packet by packet as they come.',
  ],
  positionals: [{ name: 'STORE', summary: 'where packets are stored', many: true, required: true, store: 'read' }],
  options: OPTIONS,
  examples: [
    {
      summary: 'What Sensor-1 said in the last hour, as CSV',
      line: 'sensor-sim -n 10 --interval 0 | log-sink -q log.sqlite; log-source log.sqlite --name Sensor-1 --since 1h --to csv',
    },
    {
      summary: 'A log once more, ten times as fast as it came',
      line: 'sensor-sim -n 10 --interval 100ms | log-sink -q log.ndjson; log-source log.ndjson --speed 10',
    },
    {
      summary: 'Two logs merged by time into a third',
      line: 'sensor-sim -n 10 --interval 0 | log-sink -q a.csv b.ndjson; log-source a.csv b.ndjson | log-sink -q all.sqlite',
    },
  ],
  seeAlso: ['log-sink(1)', 'repack(1)', 'packet(5)'],
  filter: false,
  async run(context) {
    const { values, carrier, explain, ledger } = context
    const speed = parseSpeed(values.speed)
    const stored = openStores(context)
    const errors = new TimingErrors()
    const source =
      speed === undefined ? stored : pace(stored, { speed, stop: carrier.stop, count: ledger.stage('timing'), errors })
    const sink = await openOutputs(context, context.positionals)
    await runInto(limited(source, values, context.stop), [], sink)
    if (speed === undefined) return
    const [half, most, largest] = [errors.percentile(0.5), errors.percentile(0.99), errors.largest].map(formatDuration)
    explain(`timing error: half within ${half}, 99% within ${most}, at most ${largest}`)
  },
})

/** Nothing for `max`. */
export function parseSpeed(text: string): number | undefined {
  if (text === 'max') return undefined
  const speed = parseNumber(text)
  if (!(speed > 0)) throw new UsageError(`--speed ${text}: expected a factor above 0, or max`)
  return speed
}

function openStores(context: LogSourceContext): Source {
  const { positionals, values, carrier, reject, ledger } = context
  if (positionals.length === 0) throw new UsageError('which store? Expected for example log.csv or sqlite:log.sqlite')
  const now = Date.now()
  const since = values.since === undefined ? undefined : parseTime(values.since, now)
  const until = values.until === undefined ? undefined : parseTime(values.until, now)
  if (since !== undefined && until !== undefined && since >= until) {
    throw new UsageError(`--since ${values.since} is not before --until ${values.until}`)
  }
  const closing = new AbortController()
  const options: ReadOptions = {
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
    ...(values.name.length > 0 && { names: values.name }),
    follow: values.follow,
    stop: AbortSignal.any([carrier.stop, closing.signal]),
    reject,
  }
  const sources = positionals.map(text => {
    const endpoint = parseEndpoint(text)
    const source = storeFor(endpoint).read?.(endpoint, options)
    const name = withoutSecrets(text)
    if (!source) throw new UsageError(`${name}: this store cannot be read back`)
    return counted(source, ledger.stage(name))
  })
  return values.follow && sources.length > 1 ? merge(inTurn(sources), () => closing.abort()) : byTime(sources)
}

async function* inTurn(sources: readonly Source[]): AsyncGenerator<Source> {
  yield* sources
}

async function* counted(source: Source, count: { in: number }): Source & AsyncGenerator {
  for await (const batch of source) {
    count.in += batch.length
    yield batch
  }
}
