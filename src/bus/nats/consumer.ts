// The consumer of a subscription in JetStream, and how far it has come: by that it goes on over the next connection.

import { CarrierError } from '../../errors.ts'
import type { Wanted } from '../engine/engine.ts'
import { type ConsumerConfig, isNotFound, type JetStreamManager, type StreamPlace } from './jetstream.ts'
import { subjectsOf } from './subject.ts'

const NANOSECONDS = 1e6
/** So long the server waits for a word about a packet before it gives it to somebody else. */
export const WORD_MS = 30_000
/** A consumer that belongs to no name stays so long when nobody asks it. */
const ABSENT_MS = 600_000
/** Without acknowledgements by the reader, so many may be on their way. */
export const UNDERWAY = 4096

const EVERYTHING = '>'

/** Numbers of messages in the stream. */
export interface Progress {
  /** Up to here they were in it before: only what is retained is wanted of them. */
  before: number
  /** Up to here they have come. */
  came: number
  /** Up to here nothing has to come again; nothing as long as there is no consumer. */
  acknowledged?: number
}

const PROGRESS = new WeakMap<Wanted, Progress>()

/** Of a subscription, over all its connections. */
export function progressOf(wanted: Wanted): Progress {
  const known = PROGRESS.get(wanted) ?? { before: 0, came: 0 }
  PROGRESS.set(wanted, known)
  return known
}

/** Whether the consumer belongs to this subscription alone. */
export function isOwn({ durable }: StreamPlace, { group }: Wanted): boolean {
  return durable === undefined && group === undefined
}

export function consumerName({ durable }: StreamPlace, { group, id }: Wanted): string {
  return durable ?? group ?? `daqutils-${id}`
}

/**
 * Makes the consumer where it is not there: one that stays, one that a group shares, or one's own, which is made anew, so that
 * what has not been acknowledged comes at once. `last` is the number of the last message in the stream.
 */
export async function ensureConsumer(
  place: StreamPlace,
  wanted: Wanted,
  { consumers }: JetStreamManager,
  last: number,
): Promise<void> {
  const { stream, location } = place
  const progress = progressOf(wanted)
  const name = consumerName(place, wanted)
  const description = `daqutils: ${wanted.patterns.join(' ')}`
  if (isOwn(place, wanted)) {
    await consumers.delete(stream, name).catch(ignoreAbsence)
    await consumers.add(stream, { ...consumerConfig(place, wanted), description, ...startOf(wanted) })
    if (progress.acknowledged !== undefined) return
    progress.acknowledged = wanted.retained ? 0 : last
    if (wanted.retained) progress.before = last
    return
  }
  const found = await consumers.info(stream, name).catch(ignoreAbsence)
  if (found && found.config.description !== description) {
    throw new CarrierError(location.name, `the consumer '${name}' of the stream '${stream}' is there for other topics`)
  }
  if (!found) await consumers.add(stream, { ...consumerConfig(place, wanted), description, deliver_policy: 'new' })
}

type Start = Pick<ConsumerConfig, 'deliver_policy' | 'opt_start_seq'>

function startOf(wanted: Wanted): Start {
  const { acknowledged } = progressOf(wanted)
  if (acknowledged !== undefined) return { deliver_policy: 'by_start_sequence', opt_start_seq: acknowledged + 1 }
  return { deliver_policy: wanted.retained ? 'last_per_subject' : 'new' }
}

function consumerConfig(place: StreamPlace, wanted: Wanted) {
  const { patterns, window = UNDERWAY } = wanted
  const name = consumerName(place, wanted)
  const subjects = patterns.flatMap(subjectsOf)
  return {
    name,
    ack_policy: 'explicit' as const,
    ack_wait: WORD_MS * NANOSECONDS,
    max_ack_pending: window,
    ...(place.durable !== undefined ? { durable_name: name } : { inactive_threshold: ABSENT_MS * NANOSECONDS }),
    // Servers before 2.10 take one subject alone: with several, all of the stream comes and what is not wanted is passed over.
    filter_subject: subjects.length === 1 ? (subjects[0] ?? EVERYTHING) : EVERYTHING,
  }
}

function ignoreAbsence(error: unknown): undefined {
  if (!isNotFound(error)) throw error
}
