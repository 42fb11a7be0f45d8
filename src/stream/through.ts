// A source behind stages, for what has to be counted or timed after them.

import type { Batch } from '../packet.ts'
import { chain, type Source, type Stage } from './step.ts'

/** Acknowledgements stay with their batches, also where a stage leaves nothing of one. */
export function through(source: Source, stages: readonly Stage[]): Source {
  return stages.length === 0 ? source : passed(source, chain(stages))
}

async function* passed(source: Source, middle: Stage): AsyncGenerator<Batch> {
  for await (const input of source) {
    const { acknowledge } = input
    const output = middle.push(input)
    if (acknowledge && output !== input) yield Object.assign([...output], { acknowledge })
    else if (acknowledge || output.length > 0) yield output
  }
  const rest = middle.end?.() ?? []
  if (rest.length > 0) yield rest
}
