// One channel's bytes as packets: the codec is told by name, by file ending or by the first byte.

import type { Batch } from '../packet.ts'
import type { StageCount } from '../stream/ledger.ts'
import type { Rejecter } from '../stream/reject.ts'
import type { Decoder } from '../stream/step.ts'
import type { Channel } from './carrier.ts'

export interface DecodeSurroundings {
  /** Bytes and packets are counted here. */
  readonly count: StageCount
  readonly reject: Rejecter
  /** Aborted when the bytes end because we stop reading: a record cut short by that is nobody's bad data. */
  readonly stop: AbortSignal
}

/** What the decoder holds back comes when the bytes end. */
export async function* decodeChannel(
  channel: Channel,
  decoderFor: (first: Uint8Array, reject: Rejecter) => Decoder,
  { count, reject, stop }: DecodeSurroundings,
): AsyncGenerator<Batch> {
  let decoder: Decoder | undefined
  let ended = false
  const rejectUnlessCut: Rejecter = rejected => {
    if (!(ended && stop.aborted)) reject(rejected)
  }
  for await (const bytes of channel.bytes) {
    if (bytes.length === 0) continue
    decoder ??= decoderFor(bytes, rejectUnlessCut)
    count.bytes += bytes.length
    const batch = decoder.push(bytes)
    if (batch.length === 0) continue
    count.in += batch.length
    yield batch
  }
  ended = true
  const rest = channel.resent ? undefined : decoder?.end?.()
  if (rest === undefined || rest.length === 0) return
  count.in += rest.length
  yield rest
}
