// A subscription at our own broker: made again when the connection is lost.

import { receive } from '../carrier/socket.ts'
import { autoDecoder } from '../codec/index.ts'
import { CarrierError, systemReason } from '../errors.ts'
import { makeIds } from '../id.ts'
import type { Batch, JsonObject } from '../packet.ts'
import type { BusContext, SubscribeOptions } from './bus.ts'
import { type Door, enter, greeting, SILENT, words } from './door.ts'
import { REPLY } from './rights.ts'
import { countGaps, Hearing, packetsIn } from './said.ts'

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
  const { form = 'lines', window, onReady, name: own, offsets } = options
  /** Where a replay goes on over the next connection. */
  let from = options.from
  const wanted = withGroup(options)
  const isReplay = from !== undefined && options.durable === undefined
  const hello = own === undefined ? [] : [words(form, { do: 'hello', name: own })]
  let silent = 0
  for (let attempt = 0; ; attempt++) {
    const socket = await enter(door, context, silent++)
    if (!socket) return
    const subscribe = words(form, subscription(patterns, { ...wanted, ...(from !== undefined && { from }) }))
    for (const first of [...greeting(form, door), ...hello, subscribe]) socket.write(first)
    const { bytes: chunks, over } = receive(socket, { stop })
    const decoder = autoDecoder({ source: name, reject })
    const hearing = new Hearing(
      said => {
        silent = 0
        if (said['ok'] === 'subscribe') onReady?.()
        if (typeof said['error'] !== 'string') return
        if (attempt === 0 || said['passing'] !== true) throw new CarrierError(name, said['error'])
        // The broker still holds on to the connection before this one.
        setTimeout(() => socket.destroy(), AGAIN_MS)
      },
      { offsets: isReplay && offsets === true },
    )
    let received = 0
    for await (const chunk of chunks) {
      count.bytes += chunk.length
      const batch = hearing.push(decoder.push(chunk))
      from = hearing.offset ?? from
      const gaps = countGaps(batch, lost)
      received += batch.length - gaps
      count.in += batch.length
      if (batch.length === 0) continue
      const before = received - batch.length + gaps
      const acknowledge = (count: number) => {
        if (count > 0 && socket.writable) socket.write(words(form, { do: 'ack', count }))
      }
      yield window === undefined ? batch : acknowledged(batch, before, acknowledge)
    }
    if (stop.aborted) return
    const error = await over
    const reason = error ? systemReason(error) : silent > 0 ? SILENT : 'the broker went away'
    const isMissing = window === undefined && !isReplay && silent === 0
    warn(`${name}: ${reason}, connecting again${isMissing ? '; what comes meanwhile is missed' : ''}`)
    if (isMissing) lost.drop('connection broken')
  }
}

/** A batch, or the first packets of it, that is acknowledged by how many packets have come; gap records are none. */
function acknowledged(batch: Batch, before: number, acknowledge: (count: number) => void): Batch {
  return Object.assign([...batch], {
    acknowledge: () => acknowledge(before + packetsIn(batch)),
    part: (count: number) => acknowledged(batch.slice(0, count), before, acknowledge),
  })
}

/**
 * A window without a group is that of a group with one member: the same over all connections. Its name needs no right, as the
 * address of an answer.
 */
function withGroup(options: SubscribeOptions): SubscribeOptions {
  const { window, group, durable } = options
  if (window === undefined || group !== undefined || durable !== undefined) return options
  return { ...options, group: `${REPLY}.${makeIds()()}` }
}

/** What is asked for. */
function subscription(patterns: readonly string[], options: SubscribeOptions): JsonObject {
  const { policy, packets, bytes, window, retained, from, durable, group } = options
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
    ...(from !== undefined && { from }),
    ...(durable !== undefined && { durable }),
  }
}
