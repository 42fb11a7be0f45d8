// What has to be said of a stream before its data: context packets for what has changed.

import type { Json, JsonObject } from '../../packet.ts'
import { writeBody } from './body.ts'
import type { Contexts } from './contexts.ts'
import { TYPE } from './header.ts'
import { isSameLayout, type SampleLayout } from './layout.ts'
import { formatFields } from './payload.ts'
import { DIGITIZER, RECEIVER, thinkRfPayload } from './thinkrf.ts'

/** Fields that ThinkRF's receivers tell in a stream of their own. */
const OWNERS: Readonly<Record<string, number>> = {
  rf_frequency: RECEIVER,
  gain: RECEIVER,
  temperature: RECEIVER,
  bandwidth: DIGITIZER,
  rf_offset: DIGITIZER,
  reference_level: DIGITIZER,
}

/** Names of the meta, whose values context packets of VITA 49.0 can hold. */
const NAMES = ['sample_rate', 'bandwidth', 'if_frequency', 'if_band_offset', 'reference_level', 'gain', 'temperature']

export interface Announcement {
  readonly type: number
  readonly stream: number
  readonly context: JsonObject
  readonly body: Buffer
}

/** The context packets after which `contexts` says of the stream what the meta says; they are applied. */
export function announcements(
  contexts: Contexts,
  stream: number,
  meta: JsonObject,
  layout: SampleLayout,
): readonly Announcement[] {
  const byStream = new Map<number, Record<string, Json>>()
  for (const [name, value] of changes(contexts, stream, meta, layout)) {
    const owner = thinkRfPayload(stream) ? (OWNERS[name] ?? stream) : stream
    const fields = byStream.get(owner) ?? {}
    fields[name] = value
    byStream.set(owner, fields)
  }
  return [...byStream].map(([owner, context]) => {
    const body = writeBody(TYPE.context, owner, context)
    contexts.apply(owner, context)
    return { type: TYPE.context, stream: owner, context, body }
  })
}

function changes(
  contexts: Contexts,
  stream: number,
  meta: JsonObject,
  layout: SampleLayout,
): (readonly [string, Json])[] {
  const known = contexts.stateOf(stream)
  const found: (readonly [string, Json])[] = []
  const frequency = meta['center_frequency']
  if (typeof frequency === 'number' && frequency !== known.meta['center_frequency']) {
    found.push(['rf_frequency', frequency - contexts.offsetOf(stream)])
  }
  for (const name of NAMES) {
    const value = meta[name]
    if (value === undefined || value === null || isSame(value, known.meta[name])) continue
    if (name === 'sample_rate' && value === impliedRate(stream, meta)) continue
    found.push([name, value])
  }
  if (!isSameLayout(layout, known.layout)) found.push(['payload_format', formatFields(layout.format)])
  return found
}

/** The rate that follows from the bandwidth, which is told. */
function impliedRate(stream: number, { bandwidth }: JsonObject): number | undefined {
  const rate = thinkRfPayload(stream)?.rate
  return typeof bandwidth === 'number' && rate !== undefined ? bandwidth * rate : undefined
}

function isSame(a: Json, b: Json | undefined): boolean {
  return a === b || (typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b))
}
