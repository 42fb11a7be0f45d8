// A source that ends with the sequence it carries.

import { readMeta } from '../codec/unreadable.ts'
import { DataError } from '../errors.ts'
import type { Batch } from '../packet.ts'
import type { Rejecter } from '../stream/reject.ts'
import type { Source } from '../stream/step.ts'
import { NAMES, TYPES } from './names.ts'

export interface UntilEndOptions {
  readonly reject: Rejecter
  /** Aborted when somebody wanted the end sooner. */
  readonly stop: AbortSignal
  /** The input, for the error. */
  readonly name: string
}

/** The last packet is the end of sequence. Throws a DataError where the input ends without. */
export async function* untilEnd(source: Source, { reject, stop, name }: UntilEndOptions): AsyncGenerator<Batch> {
  for await (const batch of source) {
    const end = batch.findIndex(packet => readMeta(packet, reject)?.[NAMES.packetType] === TYPES.end)
    if (end >= 0) return yield batch.slice(0, end + 1)
    yield batch
  }
  if (!stop.aborted) throw new DataError({ source: name }, `ended without a packet of type ${TYPES.end}`)
}
