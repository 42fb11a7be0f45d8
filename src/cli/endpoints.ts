// The inputs and outputs that a command's options name, and the run from the one to the other.

import { statSync } from 'node:fs'
import { openSink, openSource, type SourceOptions } from '../carrier/open.ts'
import { TimedOut, UsageError } from '../errors.ts'
import { run } from '../stream/run.ts'
import type { Sink, Source, Stage } from '../stream/step.ts'
import { parseShape } from '../units.ts'
import { flagParam, parseEndpoint, withoutSecrets } from '../url.ts'
import type { Context } from './command.ts'
import type { Values } from './option.ts'
import type { INPUT, OUTPUT } from './shared-options.ts'

type Surroundings<V> = Pick<Context<V>, 'values' | 'carrier' | 'reject'>

/** The packets of every `--in`, of `more`, or of stdin where there are none. `otherwise`: see SourceOptions. */
export function openInputs(
  { values, carrier, reject }: Surroundings<Values<typeof INPUT>>,
  more: readonly string[] = [],
  options: Pick<SourceOptions, 'otherwise' | 'asTheyCome' | 'transient' | 'onInput'> = {},
): Source {
  const { dtype, chunk, shape, 'sample-rate': sampleRate } = values
  const named = [...values.in, ...more]
  return openSource(named.length > 0 ? named : ['-'], {
    from: values.from,
    context: carrier,
    reject,
    validate: values.validate,
    maxPacket: values['max-packet'],
    ...options,
    ...(dtype !== undefined && { dtype }),
    ...(chunk !== undefined && { chunk }),
    ...(shape !== undefined && { shape: parseShape(shape) }),
    ...(sampleRate !== undefined && { sampleRate }),
  })
}

const FILES = ['file', 'csv', 'ndjson', 'frame', 'sqlite']

/** A file that is read while it is added to would never end, but for the disk. */
export function refuseLoop(inputs: readonly string[], added: readonly string[]): void {
  const read = new Set(inputs.map(fileOf))
  for (const text of added) {
    const file = fileOf(text)
    if (file === undefined || !read.has(file)) continue
    throw new UsageError(`${withoutSecrets(text)}: is read and added to at the same time: that would never end`)
  }
}

/** What tells one regular file from another; nothing where there is none. */
function fileOf(text: string): string | undefined {
  const { scheme, rest } = parseEndpoint(text)
  if (!FILES.includes(scheme)) return undefined
  try {
    const found = statSync(rest)
    return found.isFile() ? `${found.dev} ${found.ino}` : undefined
  } catch {
    // What is not there, or out of reach, is for whoever opens it to tell.
    return undefined
  }
}

/** A sink for every `--out`, or stdout where there is none; `inputs` are those that the packets come from. */
export async function openOutputs(
  { values, carrier, reject }: Surroundings<Values<typeof OUTPUT> & { readonly strict?: boolean }>,
  inputs: readonly string[] = [],
): Promise<Sink> {
  const added = values.out.filter(text => flagParam(parseEndpoint(text), 'append'))
  refuseLoop(inputs, added)
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
