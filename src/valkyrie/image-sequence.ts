// A sequence of images as Valkyrie recommends it: a packet that begins it, numbered images, a packet that ends it.

import { readMeta } from '../codec/unreadable.ts'
import { type Batch, gapOf, type Json, type Packet, packet } from '../packet.ts'
import type { Rejecter } from '../stream/reject.ts'
import type { Stage } from '../stream/step.ts'
import { dtypeOf, NAMES, shapeOf, TYPES } from './names.ts'

export interface SequenceOptions {
  readonly reject: Rejecter
  /** Seconds since 1970. */
  readonly now?: () => number
}

/**
 * Each packet becomes an image with its own meta beside the names; packet numbers and image numbers begin at 1. The
 * start goes before the first image, the end after the last; of no images there are both. Gap records pass as they are.
 */
export function imageSequence({ reject, now = () => Date.now() / 1000 }: SequenceOptions): Stage {
  let packets = 0
  let images = 0

  function mark(type: string): Packet {
    return packet({ [NAMES.packetType]: type, [NAMES.enqueuedTime]: now(), [NAMES.packetNumber]: ++packets })
  }
  function image(item: Packet): readonly Packet[] {
    const meta = readMeta(item, reject)
    if (!meta) return []
    if (gapOf(meta)) return [item]
    const dtype = dtypeOf(meta)
    const shape = shapeOf(meta)
    const named: Record<string, Json> = {
      [NAMES.packetType]: TYPES.frame,
      [NAMES.enqueuedTime]: now(),
      [NAMES.packetNumber]: ++packets,
      [NAMES.imageNumber]: ++images,
      [NAMES.dataLength]: item.data.length,
      ...(dtype !== undefined && { [NAMES.dtype]: dtype }),
      ...(shape !== undefined && { [NAMES.shape]: shape }),
    }
    return [packet({ ...meta, ...named }, item.data)]
  }
  return {
    push(batch): Batch {
      const begun = packets > 0 ? [] : [mark(TYPES.start)]
      return [...begun, ...batch.flatMap(image)]
    },
    end(): Batch {
      const begun = packets > 0 ? [] : [mark(TYPES.start)]
      return [...begun, mark(TYPES.end)]
    },
  }
}
