// log-sink: logs packets to any combination of stores.

import { resolve } from 'node:path'
import { stdio } from '../carrier/stdio.ts'
import { type Context, defineCommand } from '../cli/command.ts'
import { openInputs, refuseLoop } from '../cli/endpoints.ts'
import { limited } from '../cli/limits.ts'
import type { Values } from '../cli/option.ts'
import { COMMON, INPUT, LIMITS, QUEUE } from '../cli/shared-options.ts'
import { Terminal } from '../cli/terminal.ts'
import { UsageError } from '../errors.ts'
import { storeFor } from '../store/index.ts'
import { Log } from '../store/log.ts'
import { once } from '../store/readable.ts'
import { type Rotation, type Store, type StoreContext, type StoreKind, SYNC_MODES } from '../store/store.ts'
import type { StageReport } from '../stream/ledger.ts'
import { run } from '../stream/run.ts'
import { type Endpoint, parseEndpoint } from '../url.ts'
import { compileLate } from '../v8-flags.ts'

const OPTIONS = [
  ...COMMON,
  ...LIMITS,
  ...INPUT,
  ...QUEUE,
  {
    name: 'sync',
    kind: 'choice',
    choices: SYNC_MODES,
    argument: 'WHEN',
    default: 'interval',
    summary: 'make records durable when nothing more is ready (or 1,000 wait), once a second, or when the system likes',
    detail:
      'An acknowledgement is sent when every store has the record as durable as this says. A record that was written ' +
      'survives a kill of the process in each mode; always survives a power cut, too.',
  },
  {
    name: 'rotate-size',
    kind: 'size',
    argument: 'SIZE',
    summary: 'begin a new file before one grows beyond this',
  },
  {
    name: 'rotate-every',
    kind: 'duration',
    argument: 'TIME',
    summary: 'begin a new file at multiples of this time since midnight UTC',
  },
  { name: 'keep', kind: 'count', argument: 'N', summary: 'keep the last N finished files, delete older ones' },
  {
    name: 'min-free',
    kind: 'size',
    argument: 'SIZE',
    summary: 'stop writing to a store while so much is still free on its disk',
  },
] as const

type LogSinkContext = Context<Values<typeof OPTIONS>>

export const logSink = defineCommand({
  name: 'log-sink',
  summary: 'log packets to CSV, SQLite, PostgreSQL, ndjson or frame files, memory, the screen or a plot',
  description: [
    'log-sink reads packets and writes each to every STORE. Without a STORE it shows them on the screen. A path alone ' +
      'is the store of its ending: log.csv, log.sqlite, log.ndjson.',
    'Files are only appended to, also across restarts. A record that a crash cut short is found at the next start, ' +
      'named with its byte offset, and moved to FILE.torn-OFFSET. A packet that comes again over an acknowledged ' +
      'input is recognised by its id and stored once.',
    'A store that fails is left out, its packets are counted as dropped, and the others go on (exit code 3). With ' +
      '--strict, or where the input is acknowledged, log-sink ends instead (exit code 1): an acknowledgement promises ' +
      'that every store has the record.',
    'Finished files are renamed once and keep their name: log.csv becomes log.2026-11-21T040000.000Z.csv. A path may ' +
      'hold the time itself: log-%Y-%m-%d.csv (%Y %m %d %j %H %M %S %s %F %T, in UTC). On HUP a file that was moved ' +
      'away is begun anew; one that is still there is finished if it rotates.',
  ],
  positionals: [{ name: 'STORE', summary: 'where packets are stored (default screen:)', many: true, store: 'write' }],
  options: OPTIONS,
  topics: [
    {
      title: 'What becomes of a packet',
      terms: [
        ['null', 'in CSV a sensor that has stopped (value null) has an empty cell, as a key that is missing has'],
        ['bytes', 'in CSV base64 text in the column data; ndjson and frame files keep them as they came'],
        ['a gap record', 'is stored where there is room for it: in ndjson and frame files, in CSV only with extra'],
        [
          'a duplicate',
          'the id was among the last 65536 stored: counted, not stored; only where the input is acknowledged',
        ],
      ],
    },
  ],
  examples: [
    {
      summary: 'Five sensors into two stores at once',
      line: 'sensor-sim -n 10 --interval 0 | log-sink log.csv log.ndjson',
    },
    {
      summary: 'A file a day, the last thirty of them, and never a full disk',
      line: 'sensor-sim -n 10 --interval 0 | log-sink csv:log-%F.csv --keep 30 --min-free 100MB',
    },
    {
      summary: 'Files of at most 20 kB, the last three',
      line: 'sensor-sim -n 1000 --interval 0 | log-sink log.ndjson --rotate-size 20kB --keep 3',
    },
    {
      summary: 'The log, and a picture of it that is drawn again every minute',
      line: "sensor-sim -n 100 --interval 0 | log-sink log.csv 'plot:report.svg?every=1m'",
    },
    {
      summary: 'Fixed columns, everything else as JSON in the last one',
      line: "sensor-sim -n 5 --interval 0 | log-sink 'csv:log.csv?columns=timestamp,name,value&extra'",
    },
    {
      summary: 'At least once over a socket, stored once: acknowledged when it is on the disk',
      line: "log-sink -i 'unix:log.sock?listen&once&ack=5' log.csv --sync always & sensor-sim -n 100 --interval 0 | repack -o 'unix:log.sock?ack=5'; wait $!",
    },
  ],
  seeAlso: ['log-source(1)', 'sensor-sim(1)', 'packet(5)'],
  filter: true,
  async run(context) {
    compileLate()
    const { values, carrier } = context
    const inputs = values.in.length > 0 ? values.in : ['-']
    const acknowledged = inputs.some(input => parseEndpoint(input).params.has('ack'))
    const { ledger, warn } = context
    const log = new Log({ ledger, warn, sync: values.sync, strict: values.strict, acknowledged })
    const failed = new AbortController()
    const forget = carrier.onHangup(() => {
      log.reopen().catch(error => {
        failed.abort(error)
        context.stop.abort('a store failed')
      })
    })
    refuseLoop(inputs, context.positionals)
    // Before anything is opened: a wrong input leaves no files behind.
    const source = limited(openInputs(context), values, context.stop)
    let stores: readonly Store[] = []
    try {
      for (const store of await openStores(context, acknowledged)) log.add(store)
      stores = log.stores
      await run(source, [], log)
      failed.signal.throwIfAborted()
    } finally {
      forget()
      try {
        await log.close()
      } finally {
        for (const store of stores) summarise(store, context)
      }
    }
  },
})

/** Opens all or none. */
async function openStores(context: LogSinkContext, deduplicate: boolean): Promise<readonly Store[]> {
  const urls = context.positionals.length > 0 ? context.positionals : ['screen:']
  const rooms = urls.map(url => {
    const endpoint = parseEndpoint(url)
    return { endpoint, kind: storeFor(endpoint) }
  })
  const twice = urls.find((url, index) => urls.indexOf(url) !== index) ?? sameFile(rooms)
  if (twice !== undefined) throw new UsageError(`the store '${twice}' is there twice`)
  const storeContext = await storeContextOf(context, deduplicate)
  const stores: Store[] = []
  try {
    for (const { kind, endpoint } of rooms) stores.push(await kind.open(endpoint, storeContext))
  } catch (error) {
    await Promise.allSettled(stores.map(store => store.close()))
    throw error
  }
  return stores
}

interface Room {
  readonly endpoint: Endpoint
  readonly kind: StoreKind
}

const WITHOUT_FILE = ['memory', 'screen', 'postgres']

/** Two stores in one file would write two headers, or wait for each other's transactions for ever. */
function sameFile(rooms: readonly Room[]): string | undefined {
  const seen = new Set<string>()
  for (const { endpoint, kind } of rooms) {
    if (WITHOUT_FILE.includes(kind.scheme)) continue
    const path = resolve(endpoint.rest)
    if (seen.has(path)) return endpoint.text
    seen.add(path)
  }
  return undefined
}

async function storeContextOf(context: LogSinkContext, deduplicate: boolean): Promise<StoreContext> {
  const { values, ledger, reject, warn, terminal } = context
  const screen = await stdio.outlet?.(parseEndpoint('-'), context.carrier)
  return {
    ledger,
    reject: once(reject),
    warn,
    terminal,
    deduplicate,
    sync: values.sync,
    rotation: rotationOf(values),
    openScreen: handlers => new Terminal(values.color, handlers),
    stopping: context.stop,
    ...(screen && { print: text => screen.write([Buffer.from(text)]) }),
  }
}

function rotationOf(values: LogSinkContext['values']): Rotation {
  const { 'rotate-size': size, 'rotate-every': interval, keep, 'min-free': minFree } = values
  if (interval === 0 || size === 0) throw new UsageError('--rotate-size and --rotate-every: expected more than 0')
  return {
    ...(size !== undefined && { size }),
    ...(interval !== undefined && { interval }),
    ...(keep !== undefined && { keep }),
    ...(minFree !== undefined && { minFree }),
  }
}

function summarise(store: Store, { ledger, inform, explain }: LogSinkContext): void {
  const report = ledger.report()[store.name]
  if (!report) return
  inform(storeSummary(store.name, report))
  if (store.look !== undefined) explain(`look at it with: ${store.look}`)
}

/** `csv:log.csv: 998 stored, 2 duplicates`: what became of the packets a store was given. */
export function storeSummary(name: string, { out, duplicate, dropped }: StageReport): string {
  const words = [`${out} stored`]
  if (duplicate > 0) words.push(`${duplicate} ${duplicate === 1 ? 'duplicate' : 'duplicates'}`)
  for (const [reason, count] of Object.entries(dropped)) words.push(`${count} dropped (${reason})`)
  return `${name.replace(/:$/, '')}: ${words.join(', ')}`
}
