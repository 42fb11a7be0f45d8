// valkyrie-recv: packets from every program that writes Valkyrie's.

import { type Context, defineCommand } from '../cli/command.ts'
import { openOutputs, runInto } from '../cli/endpoints.ts'
import { limited } from '../cli/limits.ts'
import type { Option, Values } from '../cli/option.ts'
import { peerLines } from '../cli/peer-summary.ts'
import { COMMON, LIMITS, OUTPUT, QUEUE, RECORDS } from '../cli/shared-options.ts'
import { CLASS_TOPIC, CONFIG_TOPIC, LINK, linkConfig, valkyrieConfigKeys } from '../cli/valkyrie-options.ts'
import type { Sink, Source } from '../stream/step.ts'
import { tee } from '../stream/tee.ts'
import { type Settings, settingsOf } from '../valkyrie/config.ts'
import { openReader } from '../valkyrie/link.ts'
import { npySink } from '../valkyrie/npy-sink.ts'
import { parsePattern } from '../valkyrie/pattern.ts'
import { sequenceCheck } from '../valkyrie/sequence-check.ts'
import { untilEnd } from '../valkyrie/until-end.ts'

const RECEIVING = [
  {
    name: 'until-end',
    kind: 'flag',
    summary: 'end after the packet that ends a sequence (MAXIV_VALKYRIE_END_OF_SEQUENCE)',
  },
  {
    name: 'check-sequence',
    kind: 'flag',
    summary: 'count the packets that are missing by MAXIV_VALKYRIE_PACKET_SEQUENCE_NUMBER, or seq: exit code 3',
    detail:
      'A gap record stands in the output where packets are missing. Numbers are counted for each ' +
      'MAXIV_VALKYRIE_STREAM_ID, or name; a start of sequence begins anew.',
  },
  {
    name: 'npy',
    kind: 'text',
    argument: 'PATTERN',
    summary: 'write the data of each packet into a file for numpy.load: frame_%06d.npy',
    detail:
      'dtype and shape are MAXIV_VALKYRIE_DTYPE and _SHAPE, or dtype and shape. Packets without data and shape have no ' +
      'file. Without --out nothing else is written.',
  },
  { name: 'follow', short: 'f', kind: 'flag', summary: 'of the class file: go on as packets come' },
] as const satisfies readonly Option[]

const OPTIONS = [...COMMON, ...LIMITS, ...LINK, ...RECEIVING, ...RECORDS, ...OUTPUT, ...QUEUE] as const

type ReceiveContext = Context<Values<typeof OPTIONS>>

export const valkyrieRecv = defineCommand({
  name: 'valkyrie-recv',
  summary: 'receive packets from programs that write Valkyrie packets',
  description: [
    'valkyrie-recv reads Valkyrie packets, a JSON object and bytes each, and writes them as frames, as newline-JSON, as ' +
      'bytes alone (--to raw) or as files for NumPy (--npy). It waits for a writer that is not there yet, and goes on ' +
      'when one comes back.',
    'A message of another number of parts, or whose meta is no JSON object, is rejected, named and counted: exit code 3. ' +
      '--parts reads other layouts. With --timeout or --idle-timeout it gives up, exit code 124.',
  ],
  positionals: [],
  options: OPTIONS,
  configKeys: valkyrieConfigKeys(OPTIONS, {
    ignored: ['high_water_mark', 'policy', 'buffer', 'wait_peers', 'linger_milliseconds'],
  }),
  topics: [CLASS_TOPIC, CONFIG_TOPIC],
  examples: [
    {
      summary: 'What a publisher sends, as lines, or nothing within a second',
      line: 'valkyrie-recv -e tcp://127.0.0.1:15085 --to ndjson --idle-timeout 1s',
      code: 124,
    },
    {
      summary: 'Gather what many writers send, and log it',
      line: 'valkyrie-recv --class zmq_pullpush -e ipc://gather -n 2 | log-sink csv:log.csv & for i in 1 2; do sensor-sim -n 1 | valkyrie-send --class zmq_pullpush -e ipc://gather --wait-peers 1 & done; wait',
    },
    {
      summary: 'Images in pairs of files as files for numpy.load',
      line: 'head -c 1M /dev/zero | valkyrie-send --from raw --shape 256,256 --sequence --class file -e f%d; valkyrie-recv --class file -e f%d --until-end --npy f%d.npy',
    },
  ],
  seeAlso: ['valkyrie-send(1)', 'valkyrie-keygen(1)', 'repack(1)'],
  filter: false,
  async run(context) {
    const { values, carrier, reject, ledger, warn, explain, stop } = context
    const settings = settingsOf(readerConfig(values), 'reader')
    const received = openReader(settings, { context: carrier, reject, validate: values.validate })
    const source = ending(received, settings, context)
    const sink = await openEverything(context)
    const stages = values['check-sequence'] ? [sequenceCheck({ count: ledger.stage('sequence'), reject, warn })] : []
    try {
      await runInto(limited(source, values, stop), stages, sink)
    } finally {
      for (const line of peerLines(ledger.report()['input']?.peers)) explain(line)
    }
  },
})

function readerConfig(values: ReceiveContext['values']) {
  const { 'max-packet': max_packet, follow } = values
  return { ...linkConfig(values), max_packet, follow }
}

function ending(source: Source, { target }: Settings, { values, reject, carrier }: ReceiveContext): Source {
  if (!values['until-end']) return source
  const name = target.over === 'wire' ? target.url : target.over === 'pairs' ? target.pattern.text : values.class
  return untilEnd(source, { reject, stop: carrier.stop, name })
}

/** Files for NumPy, and what `--out` names; stdout where there is neither. */
async function openEverything(context: ReceiveContext): Promise<Sink> {
  const { values, ledger, warn, reject } = context
  if (values.npy === undefined) return openOutputs(context)
  const count = ledger.stage('output')
  const pattern = parsePattern(values.npy)
  if (values.out.length === 0) return npySink(pattern, { count, reject })
  const outputs = [
    { name: values.npy, sink: npySink(pattern, { count: ledger.stage('npy'), reject }) },
    { name: 'out', sink: await openOutputs(context) },
  ]
  return tee(outputs, { strict: values.strict, warn, count })
}
