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
  examples: [],
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
