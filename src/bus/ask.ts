// Asks our own broker for something that it does at once.

import { receive } from '../carrier/socket.ts'
import { autoDecoder } from '../codec/index.ts'
import { CarrierError } from '../errors.ts'
import type { JsonObject } from '../packet.ts'
import type { BusContext } from './bus.ts'
import { type Door, enter, greeting, words } from './door.ts'
import { Hearing } from './said.ts'

/** What the broker says until it has been done; nothing where that was not waited for. */
export async function ask(
  door: Door,
  request: JsonObject & { readonly do: string },
  { stop, warn, reject }: BusContext,
): Promise<readonly JsonObject[]> {
  const { name } = door.address
  const socket = await enter(door, { stop, warn })
  if (!socket) return []
  const heard: JsonObject[] = []
  let isDone = false
  const hearing = new Hearing(said => {
    if (typeof said['error'] === 'string') throw new CarrierError(name, said['error'])
    if (said['ok'] === request.do) isDone = true
    else heard.push(said)
  })
  for (const first of [...greeting('lines', door), words('lines', request)]) socket.write(first)
  const decoder = autoDecoder({ source: name, reject })
  for await (const chunk of receive(socket, { stop }).bytes) {
    hearing.push(decoder.push(chunk))
    if (isDone) return heard
  }
  if (!stop.aborted) throw new CarrierError(name, 'the broker went away')
  return []
}
