// broker request: asks whoever answers at an address.

import { busFor } from '../../bus/index.ts'
import { request } from '../../bus/request.ts'
import { defineCommand } from '../../cli/command.ts'
import { openInputs, openOutputs, runInto } from '../../cli/endpoints.ts'
import type { Option } from '../../cli/option.ts'
import { BUS, COMMON, INPUT, OUTPUT } from '../../cli/shared-options.ts'
import { TimedOut, UsageError } from '../../errors.ts'
import { type JsonObject, packet } from '../../packet.ts'
import type { Source } from '../../stream/step.ts'
import { formatDuration } from '../../units.ts'

const OPTIONS = [
  ...COMMON,
  ...BUS,
  {
    name: 'timeout',
    kind: 'duration',
    argument: 'TIME',
    default: '30s',
    summary: 'wait so long for the answers to each request',
  },
  {
    name: 'replies',
    kind: 'count',
    argument: 'N',
    default: '1',
    summary: 'wait for N answers to each request: where several answer at the address',
  },
  ...INPUT,
  ...OUTPUT,
] as const satisfies readonly Option[]

export const brokerRequest = defineCommand({
  name: 'broker request',
  summary: 'ask whoever answers at an address, and print the answers',
  description: [
    'broker request sends one packet to ADDRESS and prints the answer. The packet is JSON, the empty object by default. ' +
      'With --in every packet of an input is a request; they are asked all at once, and the answers come as they come, each ' +
      'with the correlation_id of its request.',
    'Where nobody is there to answer it is tried again, until the time is over. Without any answer the exit code is 124; ' +
      'where some of many are missing it is 3.',
  ],
  positionals: [
    { name: 'ADDRESS', summary: 'the topic of the request', required: true },
    { name: 'JSON', summary: 'the request, an object' },
  ],
  options: OPTIONS,
  examples: [
    {
      summary: 'A question, and a program that answers it',
      line:
        'export DAQ_BUS=unix:bus; broker serve --listen unix:bus & broker reply -n 1 lab.door --exec "repack --pick want" & ' +
        'broker request -q lab.door \'{"want":"open"}\'; wait %2; kill %1',
    },
  ],
  seeAlso: ['broker(1)', 'broker-reply(1)', 'broker(5)'],
  filter: false,
  async run(context) {
    const { values, positionals, carrier, ledger, reject, warn } = context
    const [topic = '', text] = positionals
    if (text !== undefined && values.in.length > 0) throw new UsageError('either JSON or --in, not both')
    const requests = values.in.length > 0 ? openInputs(context) : one(text ?? '{}')
    const surroundings = { stop: carrier.stop, ledger, warn, reject }
    const options = { topic, limit: values.timeout, replies: values.replies }
    const sink = await openOutputs(context)
    await runInto(request(busFor(values.bus, warn), requests, options, surroundings), [], sink)
    const { in: asked, out: answered } = ledger.stage('requests')
    if (asked > 0 && answered === 0 && !carrier.stop.aborted) {
      throw new TimedOut(`no answer from ${topic} within ${formatDuration(values.timeout)}`)
    }
  },
})

async function* one(text: string): Source & AsyncGenerator {
  yield [packet(objectOf(text))]
}

function objectOf(text: string): JsonObject {
  try {
    const value: JsonObject = JSON.parse(text)
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value
  } catch {}
  throw new UsageError(`'${text}': expected a JSON object`)
}
