// The packet: a JSON object and bytes, and the batch in which packets travel together.

export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [key: string]: Json
}
export type Meta = JsonObject

export function isObject(value: Json | undefined): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

/**
 * One measurement, image or event. `data` is often empty, never missing.
 * Bytes a packet refers to are never written again by whoever made them, so a packet may be kept.
 */
export interface Packet {
  readonly meta: Meta
  readonly data: Uint8Array
}

/** Packets that were ready together: what one read delivered, never waited for. */
export interface Batch extends ReadonlyArray<Packet> {
  /** Called once, when every packet of the batch is as durable as the sink promises. */
  acknowledge?: () => void
  /** The first packets alone, as a batch that is acknowledged without the others; where it is missing, all or nothing is. */
  part?: (packets: number) => Batch
}

export const NO_DATA = new Uint8Array(0)

export function packet(meta: Meta, data: Uint8Array = NO_DATA): Packet {
  return { meta, data }
}

export interface Gap {
  readonly lost: number
  readonly reason: string
  readonly stage: string
  readonly from?: number
  readonly to?: number
}

/** The in-band record that announces packets which will never come. */
export function gapPacket(gap: Gap): Packet {
  return { meta: { gap: { ...gap } }, data: NO_DATA }
}

/** What a gap record announces, or nothing if the packet is not a gap record. */
export function gapOf(meta: Meta): Gap | undefined {
  const gap = meta['gap']
  if (gap === null || typeof gap !== 'object' || !('lost' in gap) || typeof gap['lost'] !== 'number') return undefined
  const { lost, reason, stage, from, to } = gap
  return {
    lost,
    reason: typeof reason === 'string' ? reason : 'unknown',
    stage: typeof stage === 'string' ? stage : 'unknown',
    ...(typeof from === 'number' && { from }),
    ...(typeof to === 'number' && { to }),
  }
}
