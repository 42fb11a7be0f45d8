// repack: any input, format and endpoint to any other.

import { type Context, defineCommand } from '../cli/command.ts'
import { openInputs, openOutputs, runInto } from '../cli/endpoints.ts'
import { limited } from '../cli/limits.ts'
import type { Option, Values } from '../cli/option.ts'
import { COMMON, INPUT, LIMITS, OUTPUT, QUEUE } from '../cli/shared-options.ts'
import { canonical } from '../filter/canonical.ts'
import { pick } from '../filter/pick.ts'
import { where } from '../filter/where.ts'
import type { Stage } from '../stream/step.ts'
import { through } from '../stream/through.ts'

const FILTERS = [
  {
    name: 'where',
    kind: 'text',
    argument: 'CONDITION',
    many: true,
    summary: "pass only packets that meet it: 'value>0', 'name==Sensor-1', 'name~^TEMP', 'unit'",
    detail:
      'The operators are > >= < <= == != and ~ (a regular expression); a field alone asks whether it is there. Two numbers ' +
      'are compared as numbers, anything else as text. A missing field meets no condition. Dots lead into objects: ' +
      '*gap.lost>0*. Several conditions must all be met. A line is looked into only as far as the fields need, from its ' +
      'end on; *--validate* parses each.',
  },
  {
    name: 'pick',
    kind: 'text',
    argument: 'FIELDS',
    many: true,
    summary: 'pass only these fields, in this order: timestamp,value',
    detail: 'A line is looked into only as far as the fields need, from its end on; *--validate* parses each.',
  },
  {
    name: 'canonical',
    kind: 'flag',
    summary: 'parse each packet and print it anew, in one spelling whatever it looked like',
  },
] as const satisfies readonly Option[]

const OPTIONS = [...COMMON, ...LIMITS, ...INPUT, ...FILTERS, ...OUTPUT, ...QUEUE] as const

export const repack = defineCommand({
  name: 'repack',
  summary: 'move packets from any input and format to any other',
  description: [
    'repack reads packets from one or more inputs and writes each to every output. It is cat, tee and bridge in one: ' +
      'files, pipes, sockets, newline-JSON, frames, CSV and raw bytes.',
    'Where nobody looks into a packet, its line or frame passes as it came, checked but not parsed: a line for its ' +
      'shape and for UTF-8, a frame for its checksum.',
    'With --count, packets that go out are counted. Of raw input they are --chunk long, however much was read at once.',
  ],
  positionals: [{ name: 'INPUT', summary: 'read from here, as with --in', many: true, input: true }],
  options: OPTIONS,
  examples: [
    {
      summary: 'A log over HTTP, for curl and for commands elsewhere',
      line: "sensor-sim -n 5 --interval 0 | repack -o 'http://127.0.0.1:40171/log?listen&linger=1m' & curl -s --retry 9 --retry-connrefused 'http://127.0.0.1:40171/log?from=0'; kill $!",
    },
    {
      summary: 'Newline-JSON as CSV, into a file that appears whole or not at all',
      line: 'sensor-sim -n 5 --interval 0 | repack -o readings.csv',
    },
    {
      summary: 'CSV as newline-JSON',
      line: "printf 'timestamp,value\\n2026-01-01T00:00:00Z,21.5\\n' | repack --from csv",
    },
    {
      summary: 'Only what matters',
      line: "sensor-sim -n 100 --interval 0 | repack --where 'value>0' --pick timestamp,value",
    },
    {
      summary: 'Samples of an instrument in packets of 64 KiB, each with a checksum',
      line: 'head -c 1M /dev/zero | repack --from raw --dtype float32 --chunk 64KiB -o samples.daq',
    },
    {
      summary: 'Across machines, into two places at once',
      line: "repack 'tcp://127.0.0.1:40170?listen&once' -o copy.ndjson -o - & sensor-sim -n 5 --interval 0 -o tcp://127.0.0.1:40170; wait $!",
    },
  ],
  seeAlso: ['log-sink(1)', 'log-source(1)', 'verify(1)'],
  filter: true,
  async run(context) {
    // Before the outputs: a wrong input leaves no files behind.
    const source = through(openInputs(context, context.positionals), stagesOf(context))
    const sink = await openOutputs(context, [...context.values.in, ...context.positionals])
    await runInto(limited(source, context.values, context.stop), [], sink)
  },
})

function stagesOf({ values, reject }: Context<Values<typeof OPTIONS>>): readonly Stage[] {
  const fields = values.pick.flatMap(names => names.split(','))
  return [
    ...(values.where.length > 0 ? [where(values.where, reject)] : []),
    ...(fields.length > 0 ? [pick(fields, reject)] : []),
    ...(values.canonical ? [canonical(reject)] : []),
  ]
}
