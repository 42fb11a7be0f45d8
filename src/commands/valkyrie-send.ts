// valkyrie-send: packets to every program that reads Valkyrie's.

import { type Context, defineCommand } from '../cli/command.ts'
import { openInputs, runInto } from '../cli/endpoints.ts'
import { limited } from '../cli/limits.ts'
import type { Option, Values } from '../cli/option.ts'
import { peerLines } from '../cli/peer-summary.ts'
import { COMMON, INPUT, LIMITS, QUEUE } from '../cli/shared-options.ts'
import { CLASS_TOPIC, CONFIG_TOPIC, LINK, linkConfig, valkyrieConfigKeys } from '../cli/valkyrie-options.ts'
import { settingsOf } from '../valkyrie/config.ts'
import { imageSequence } from '../valkyrie/image-sequence.ts'
import { openWriter } from '../valkyrie/link.ts'

const [POLICY, BUFFER] = QUEUE

const SENDING = [
  {
    name: 'sequence',
    kind: 'flag',
    summary: 'make it a sequence of images: a start, numbered images, an end, with the names that Valkyrie recommends',
    detail:
      'Each packet keeps its own meta and gets MAXIV_VALKYRIE_PACKET_TYPE, _PACKET_SEQUENCE_NUMBER, ' +
      '_PACKET_ENQUEUED_TIME, _IMAGE_SEQUENCE_NUMBER, _DATA_LENGTH and, from its dtype and shape, _DTYPE and _SHAPE.',
  },
  {
    name: 'wait-peers',
    kind: 'count',
    argument: 'N',
    summary: 'wait for N readers before the first packet',
  },
  {
    name: 'linger',
    kind: 'duration',
    argument: 'TIME',
    summary:
      'at the end, wait so long for readers to take what is still unsent (default 2s, with --policy block any time)',
  },
  {
    ...POLICY,
    default: 'latest',
    summary: 'what becomes of a packet whose reader is busy with earlier ones',
    detail:
      'With latest, what waits for a reader is dropped when a newer packet comes: each reader gets the newest as soon as ' +
      'it can take one. drop-oldest and drop-newest keep --buffer packets for each reader; block waits for the slowest ' +
      'and loses nothing. Files take every packet, whatever the policy.',
  },
  { ...BUFFER, summary: 'how many packets may wait for each reader' },
] as const satisfies readonly Option[]

const OPTIONS = [...COMMON, ...LIMITS, ...LINK, ...SENDING, ...INPUT] as const

type SendContext = Context<Values<typeof OPTIONS>>

export const valkyrieSend = defineCommand({
  name: 'valkyrie-send',
  summary: 'send packets to programs that read Valkyrie packets',
  description: [
    'valkyrie-send reads packets (newline-JSON, frames, raw bytes cut by --shape or --chunk) and sends each as a Valkyrie ' +
      'packet: a JSON object and bytes, of which a reader gets both or none.',
    'It never waits for a reader unless asked to: where nobody reads, packets are dropped, and of a reader that is ' +
      'slow, those that newer ones overtake. Every packet that a reader did not get is counted by reason, and the exit ' +
      'code is 3. --wait-peers and --policy block lose none. What waits for a reader when it leaves is counted for that ' +
      'reader alone (reader left): nobody wants it any more.',
  ],
  positionals: [],
  options: OPTIONS,
  configKeys: valkyrieConfigKeys(OPTIONS, { ignored: ['recv_timeout_milliseconds', 'max_packet', 'follow'] }),
  topics: [CLASS_TOPIC, CONFIG_TOPIC],
  examples: [
    {
      summary: 'Sensors to everybody who subscribes: each gets the newest',
      line: 'sensor-sim -n 5 --interval 10ms | valkyrie-send -e tcp://127.0.0.1:15084 || test $? = 3',
    },
    {
      summary: 'A sequence of images, none lost, to the first two readers',
      line: 'for i in 1 2; do valkyrie-recv -e ipc://images --until-end --check-sequence -o $i.daq & done; head -c 1M /dev/zero | valkyrie-send -e ipc://images --from raw --shape 256,256 --sequence --wait-peers 2 --policy block; wait',
    },
    {
      summary: 'With the configuration of a Valkyrie program',
      line: `echo '{"class_name": "dls_::valkyrie::file", "filename_pattern": "image_%06d"}' >link.json; head -c 1M /dev/zero | valkyrie-send --config link.json --from raw --dtype uint16 --shape 256,256`,
    },
  ],
  seeAlso: ['valkyrie-recv(1)', 'valkyrie-keygen(1)', 'repack(1)'],
  filter: true,
  async run(context) {
    const { values, carrier, reject, stop, ledger, inform } = context
    const settings = settingsOf(writerConfig(values), 'writer')
    const source = openInputs(context)
    const sink = await openWriter(settings, { context: carrier, reject })
    const stages = values.sequence ? [imageSequence({ reject })] : []
    try {
      await runInto(limited(source, values, stop), stages, sink)
    } finally {
      for (const line of peerLines(ledger.report()['output']?.peers)) inform(line)
    }
  },
})

function writerConfig(values: SendContext['values']) {
  const { policy, buffer, linger } = values
  return {
    ...linkConfig(values),
    policy,
    buffer,
    wait_peers: values['wait-peers'],
    linger_milliseconds: linger,
  }
}
