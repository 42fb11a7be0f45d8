// The inputs and outputs that a command's options name, and the run from the one to the other.

import { openSink, openSource } from '../carrier/open.ts'
import { TimedOut } from '../errors.ts'
import { run } from '../stream/run.ts'
import type { Sink, Source, Stage } from '../stream/step.ts'
import type { Context } from './command.ts'
import type { Values } from './option.ts'
import type { INPUT, OUTPUT } from './shared-options.ts'

type Surroundings<V> = Pick<Context<V>, 'values' | 'carrier' | 'reject'>

/** The packets of every `--in`, of `more`, or of stdin where there are none. */
export function openInputs(
  { values, carrier, reject }: Surroundings<Values<typeof INPUT>>,
  more: readonly string[] = [],
): Source {
  const { dtype, chunk, 'sample-rate': sampleRate } = values
  const named = [...values.in, ...more]
  return openSource(named.length > 0 ? named : ['-'], {
    from: values.from,
    context: carrier,
    reject,
    validate: values.validate,
    maxPacket: values['max-packet'],
    ...(dtype !== undefined && { dtype }),
    ...(chunk !== undefined && { chunk }),
    ...(sampleRate !== undefined && { sampleRate }),
  })
}

/** A sink for every `--out`, or stdout where there is none. */
export function openOutputs({
  values,
  carrier,
  reject,
}: Surroundings<Values<typeof OUTPUT> & { readonly strict?: boolean }>): Promise<Sink> {
  return openSink(values.out.length > 0 ? values.out : ['-'], {
    to: values.to,
    data: values.data,
    context: carrier,
    reject,
    strict: values.strict ?? false,
  })
}

/**
 * Runs to the end and closes the sink. After a timeout what was written is as whole as after a count; after a failure
 * it is half of something, and set aside.
 */
export async function runInto(source: Source, stages: readonly Stage[], sink: Sink): Promise<void> {
  try {
    await run(source, stages, sink)
  } catch (error) {
    await (error instanceof TimedOut || !sink.abort ? sink.close() : sink.abort())
    throw error
  }
  await sink.close()
}
