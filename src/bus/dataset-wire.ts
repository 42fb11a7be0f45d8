// How datasets travel as packets: announcements to publishers, updates to the subscribers' own addresses. See broker(5).

import { isObject, type Json, type JsonObject, type Meta, type Packet, packet } from '../packet.ts'
import type { Update } from '../topic/dataset.ts'
import type { Announcement } from '../topic/subscription.ts'

/** Announced at an address of publishers: who wants what, and where it goes. */
export interface Announced extends Announcement {
  readonly replyTo: string
}

/** What a publisher tells a subscriber. */
export interface Told {
  readonly subscription: string
  /** The publisher's unique name. */
  readonly publisher: string
  readonly dataset: string
  readonly update: Update
}

export function announcementPacket(topic: string, { id, dataset, every, again, replyTo }: Announced): Packet {
  return packet({ topic, announce: { id, dataset, every, again, reply_to: replyTo } })
}

export function withdrawalPacket(topic: string, id: string): Packet {
  return packet({ topic, withdraw: { id } })
}

export function updatePacket(topic: string, { subscription, publisher, dataset, update }: Told): Packet {
  const { kind, epoch, seq } = update
  const head = { subscription, publisher, dataset, kind, epoch, seq }
  if (kind === 'snapshot') return packet({ topic, update: { ...head, rows: update.rows } })
  if (kind === 'delta') return packet({ topic, update: { ...head, inserts: update.inserts, deletes: update.deletes } })
  return packet({ topic, update: head })
}

/** Nothing if the packet is no announcement. */
export function readAnnouncement({ announce }: Meta): Announced | undefined {
  if (!isObject(announce)) return undefined
  const { id, dataset, every, again, reply_to: replyTo } = announce
  if (typeof id !== 'string' || typeof dataset !== 'string' || typeof replyTo !== 'string') return undefined
  if (typeof every !== 'number' || !(every > 0)) return undefined
  return { id, dataset, every, again: again === true, replyTo }
}

/** The id of the subscription that is given up. */
export function readWithdrawal({ withdraw }: Meta): string | undefined {
  return isObject(withdraw) && typeof withdraw['id'] === 'string' ? withdraw['id'] : undefined
}

export function readUpdate({ update }: Meta): Told | undefined {
  if (!isObject(update)) return undefined
  const { subscription, publisher, dataset } = update
  if (typeof subscription !== 'string' || typeof publisher !== 'string' || typeof dataset !== 'string') return undefined
  const read = readBody(update)
  return read && { subscription, publisher, dataset, update: read }
}

function readBody({ kind, epoch, seq, rows, inserts, deletes }: JsonObject): Update | undefined {
  const isCounted = seq === null || (typeof seq === 'number' && Number.isSafeInteger(seq) && seq >= 0)
  if (typeof epoch !== 'string' || !isCounted) return undefined
  if (kind === 'heartbeat') return { kind, epoch, seq }
  if (kind === 'snapshot' && isList(rows)) return { kind, epoch, seq, rows }
  if (kind === 'delta' && isList(inserts) && isList(deletes)) return { kind, epoch, seq, inserts, deletes }
  return undefined
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}
