// Pieces as packets: lines stay lines, unparsed; a frame is taken apart only as far as its meta.

import { codecNamed } from '../codec/index.ts'
import { type Batch, type Meta, packet } from '../packet.ts'
import type { Rejecter } from '../stream/reject.ts'
import type { Piece } from './pieces.ts'

export function pieceDecoder(reject: Rejecter): (piece: Piece) => Batch {
  const lines = codecNamed('ndjson').decoder({ source: 'sensors', reject })
  return ({ bytes, metaLength }) => {
    if (metaLength === 0) return lines.push(bytes)
    const meta: Meta = JSON.parse(Buffer.from(bytes.subarray(0, metaLength)).toString())
    return [packet(meta, bytes.subarray(metaLength))]
  }
}
