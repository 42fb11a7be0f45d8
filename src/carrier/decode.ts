// One channel's bytes as packets: the codec is told by name, by file ending or by the first byte.

import { Frame } from '../codec/frame-packet.ts'
import { Line } from '../codec/line.ts'
import { VrtPacket } from '../codec/vrt/packet.ts'
import type { Batch, Packet } from '../packet.ts'
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

/**
 * What the decoder holds back comes when the bytes end. Where a reject throws, the packets before it still come, however
 * the bytes were cut.
 */
export async function* decodeChannel(
  channel: Channel,
  decoderFor: (first: Uint8Array, reject: Rejecter) => Decoder,
  { count, reject, stop }: DecodeSurroundings,
): AsyncGenerator<Batch> {
  let decoder: Decoder | undefined
  let ended = false
  let failure: { readonly error: unknown; readonly offset: number } | undefined
  const rejectOnce: Rejecter = rejected => {
    if (failure || (ended && stop.aborted)) return
    try {
      reject(rejected)
    } catch (error) {
      failure = { error, offset: rejected.place.offset ?? 0 }
    }
  }
  const counted = (batch: Batch): Batch => {
    const { offset } = failure ?? {}
    const good = offset === undefined ? batch : batch.filter(packet => offsetOf(packet) < offset)
    count.in += good.length
    return good
  }
  for await (const bytes of channel.bytes) {
    if (bytes.length === 0) continue
    decoder ??= decoderFor(bytes, rejectOnce)
    count.bytes += bytes.length
    const batch = counted(decoder.push(bytes))
    if (batch.length > 0) yield batch
    if (failure) throw failure.error
  }
  ended = true
  const rest = counted((channel.resent ? undefined : decoder?.end?.()) ?? [])
  if (rest.length > 0) yield rest
  if (failure) throw failure.error
}

/** Where a packet begins in its source; one that does not know comes before everything. */
function offsetOf(packet: Packet): number {
  const knows = packet instanceof Line || packet instanceof Frame || packet instanceof VrtPacket
  return knows ? (packet.place.offset ?? 0) : 0
}
