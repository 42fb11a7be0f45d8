// One channel's bytes as packets: the codec is told by name, by file ending or by the first byte.

import type { Batch } from '../packet.ts'
import type { StageCount } from '../stream/ledger.ts'
import type { Decoder } from '../stream/step.ts'
import type { Channel } from './carrier.ts'

/** Counts bytes and packets into `count`. What the decoder holds back comes when the bytes end. */
export async function* decodeChannel(
  channel: Channel,
  decoderFor: (first: Uint8Array) => Decoder,
  count: StageCount,
): AsyncGenerator<Batch> {
  let decoder: Decoder | undefined
  for await (const bytes of channel.bytes) {
    if (bytes.length === 0) continue
    decoder ??= decoderFor(bytes)
    count.bytes += bytes.length
    const batch = decoder.push(bytes)
    if (batch.length === 0) continue
    count.in += batch.length
    yield batch
  }
  const rest = channel.resent ? undefined : decoder?.end?.()
  if (rest === undefined || rest.length === 0) return
  count.in += rest.length
  yield rest
}
