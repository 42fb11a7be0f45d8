// Where a packet stood in its source, if it still knows.

import type { Place } from '../errors.ts'
import type { Packet } from '../packet.ts'
import { Frame } from './frame-packet.ts'
import { Line } from './line.ts'
import { Parts } from './parts.ts'
import { VrtPacket } from './vrt/packet.ts'

export function placeOf(packet: Packet): Place {
  const knows =
    packet instanceof Line || packet instanceof Frame || packet instanceof Parts || packet instanceof VrtPacket
  return knows ? packet.place : { source: 'packet' }
}
