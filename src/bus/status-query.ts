// Asks our own broker for its state.

import { receive } from '../carrier/socket.ts'
import { autoDecoder } from '../codec/index.ts'
import { CarrierError } from '../errors.ts'
import { type Batch, isObject, type Packet, packet } from '../packet.ts'
import type { BusContext } from './bus.ts'
import { type Door, enter, greeting, words } from './door.ts'
import { Hearing } from './said.ts'

/** The broker first, then each client, then each group. */
export async function status(door: Door, { stop, warn, reject }: BusContext): Promise<Batch> {
  const { name } = door.address
  const socket = await enter(door, { stop, warn })
  if (!socket) return []
  const pieces: Packet[] = []
  let complete = false
  const hearing = new Hearing(said => {
    if (isObject(said['ps'])) pieces.push(packet(said['ps']))
    if (said['ok'] === 'ps') complete = true
    if (typeof said['error'] === 'string') throw new CarrierError(name, said['error'])
  })
  for (const first of [...greeting('lines', door), words('lines', { do: 'ps' })]) socket.write(first)
  const decoder = autoDecoder({ source: name, reject })
  for await (const chunk of receive(socket, { stop }).bytes) {
    hearing.push(decoder.push(chunk))
    if (complete) break
  }
  if (!complete && !stop.aborted) throw new CarrierError(name, 'the broker went away')
  return pieces
}
