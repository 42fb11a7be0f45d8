// A subscription at our own broker: made again when the connection is lost.

import { receive } from '../carrier/socket.ts'
import { autoDecoder } from '../codec/index.ts'
import { CarrierError, systemReason } from '../errors.ts'
import { makeIds } from '../id.ts'
import type { Batch, JsonObject } from '../packet.ts'
import type { BusContext, SubscribeOptions } from './bus.ts'
import { type Door, enter, greeting, SILENT, words } from './door.ts'
import { countGaps, Hearing } from './said.ts'

/** A name that is still taken by the connection before is asked for again after this time. */
const AGAIN_MS = 500

export async function* subscriber(
  door: Door,
  patterns: readonly string[],
  options: SubscribeOptions,
  context: BusContext,
): AsyncGenerator<Batch> {
  const { stop, warn, ledger, reject } = context
  const { name } = door.address
  const count = ledger.stage('input')
  const lost = ledger.stage('broker')
  const { form = 'lines', window, onReady, name: own } = options
  const hello = own === undefined ? [] : [words(form, { do: 'hello', name: own })]
  const subscribe = words(form, subscription(patterns, options))
  let silent = 0
  for (let attempt = 0; ; attempt++) {
    const socket = await enter(door, context, silent++)
    if (!socket) return
    for (const first of [...greeting(form, door), ...hello, subscribe]) socket.write(first)
    const { bytes: chunks, over } = receive(socket, { stop })
    const decoder = autoDecoder({ source: name, reject })
    const hearing = new Hearing(said => {
      silent = 0
      if (said['ok'] === 'subscribe') onReady?.()
      if (typeof said['error'] !== 'string') return
      if (attempt === 0 || said['passing'] !== true) throw new CarrierError(name, said['error'])
      // The broker still holds on to the connection before this one.
      setTimeout(() => socket.destroy(), AGAIN_MS)
    })
    let received = 0
    for await (const chunk of chunks) {
      count.bytes += chunk.length
      const batch = hearing.push(decoder.push(chunk))
      const gaps = countGaps(batch, lost)
      received += batch.length - gaps
      count.in += batch.length
      if (batch.length === 0) continue
      const until = received
      const acknowledge = () => {
        if (socket.writable) socket.write(words(form, { do: 'ack', count: until }))
      }
      yield window === undefined ? batch : Object.assign([...batch], { acknowledge })
    }
    if (stop.aborted) return
    const error = await over
    const reason = error ? systemReason(error) : silent > 0 ? SILENT : 'the broker went away'
    const isMissing = window === undefined && silent === 0
    warn(`${name}: ${reason}, connecting again${isMissing ? '; what comes meanwhile is missed' : ''}`)
    if (isMissing) lost.drop('connection broken')
  }
}

/** What is asked for; a window without a group is that of a group with one member. */
function subscription(patterns: readonly string[], options: SubscribeOptions): JsonObject {
  const { policy, packets, bytes, window, retained } = options
  const group = options.group ?? (window === undefined ? undefined : `_one.${makeIds()()}`)
  return {
    do: 'subscribe',
    id: 'all',
    pattern: patterns,
    ...(policy && { policy }),
    ...(packets !== undefined && { buffer: packets }),
    ...(bytes !== undefined && { bytes }),
    ...(group !== undefined && { group }),
    ...(window !== undefined && { window }),
    ...(retained !== undefined && { retained }),
  }
}
