// repack: any input, format and endpoint to any other.

import { openSink, openSource } from '../carrier/open.ts'
import { defineCommand } from '../cli/command.ts'
import { limited } from '../cli/limits.ts'
import { COMMON, INPUT, LIMITS, OUTPUT, QUEUE } from '../cli/shared-options.ts'
import { TimedOut } from '../errors.ts'
import { run } from '../stream/run.ts'

export const repack = defineCommand({
  name: 'repack',
  summary: 'move packets from any input and format to any other',
  description: [
    'repack reads packets from one or more inputs and writes each to every output. It is cat, tee and bridge in one: ' +
      'files, pipes, sockets, newline-JSON, frames, CSV and raw bytes.',
  ],
  positionals: [],
  options: [...COMMON, ...LIMITS, ...INPUT, ...OUTPUT, ...QUEUE],
  examples: [
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
      line: "repack -i 'tcp://127.0.0.1:4017?listen&once' -o copy.ndjson -o - & sensor-sim -n 5 --interval 0 -o tcp://127.0.0.1:4017; wait $!",
    },
  ],
  seeAlso: ['log-sink(1)', 'log-source(1)', 'verify(1)'],
  filter: true,
  async run(context) {
    const { values, carrier, reject } = context
    // Before the outputs: a wrong input leaves no files behind.
    const source = openSource(values.in.length > 0 ? values.in : ['-'], {
      from: values.from,
      context: carrier,
      reject,
      validate: values.validate,
      maxPacket: values['max-packet'],
      ...(values.dtype !== undefined && { dtype: values.dtype }),
      ...(values.chunk !== undefined && { chunk: values.chunk }),
      ...(values['sample-rate'] !== undefined && { sampleRate: values['sample-rate'] }),
    })
    const sink = await openSink(values.out.length > 0 ? values.out : ['-'], {
      to: values.to,
      data: values.data,
      context: carrier,
      reject,
      strict: values.strict,
    })
    try {
      await run(limited(source, values, context.stop), [], sink)
    } catch (error) {
      // After a timeout what was written is as whole as after a count; after a failure it is half of something.
      await (error instanceof TimedOut || !sink.abort ? sink.close() : sink.abort())
      throw error
    }
    await sink.close()
  },
})
