// The only loop: source, stages, sink.

import { TimedOut } from '../errors.ts'
import type { Batch } from '../packet.ts'
import { FairTurns } from './fair-turns.ts'
import { chain, type Sink, type Source, type Stage } from './step.ts'

/**
 * Moves every batch from the source through the stages into the sink, then ends the stages, also after a timeout: what they
 * held back arrives. Closes nothing: whoever opened the sink closes it.
 */
export async function run(source: Source, stages: readonly Stage[], sink: Sink): Promise<void> {
  const middle = stages.length === 1 && stages[0] ? stages[0] : chain(stages)
  let late: TimedOut | undefined
  try {
    await move(source, middle, sink)
  } catch (error) {
    if (!(error instanceof TimedOut)) throw error
    late = error
  }
  const rest: Batch = middle.end?.() ?? []
  if (rest.length > 0) await sink.write(rest)
  if (late) throw late
}

async function move(source: Source, middle: Stage, sink: Sink): Promise<void> {
  const turns = new FairTurns()
  for await (const input of source) {
    const output = middle.push(input)
    if (output.length > 0) {
      const written = sink.write(output)
      if (written) await written
    }
    if (input.acknowledge) {
      const committed = sink.commit?.()
      if (committed) await committed
      input.acknowledge()
    }
    const turn = turns.due()
    if (turn) await turn
  }
}
