// Valkyrie's recommended names in the meta of a packet, and of the two that daqutils uses, too.

import type { Json, Meta } from '../packet.ts'

export const NAMES = {
  streamId: 'MAXIV_VALKYRIE_STREAM_ID',
  packetType: 'MAXIV_VALKYRIE_PACKET_TYPE',
  enqueuedTime: 'MAXIV_VALKYRIE_PACKET_ENQUEUED_TIME',
  packetNumber: 'MAXIV_VALKYRIE_PACKET_SEQUENCE_NUMBER',
  imageNumber: 'MAXIV_VALKYRIE_IMAGE_SEQUENCE_NUMBER',
  dataLength: 'MAXIV_VALKYRIE_DATA_LENGTH',
  dtype: 'MAXIV_VALKYRIE_DTYPE',
  shape: 'MAXIV_VALKYRIE_SHAPE',
} as const

/** Values of the packet type. */
export const TYPES = {
  start: 'MAXIV_VALKYRIE_START_OF_SEQUENCE',
  frame: 'MAXIV_VALKYRIE_FRAME',
  end: 'MAXIV_VALKYRIE_END_OF_SEQUENCE',
} as const

/** The element type of a packet's data, by either name. */
export function dtypeOf(meta: Meta): Json | undefined {
  return meta[NAMES.dtype] ?? meta['dtype']
}

/** The shape of a packet's data, in elements, by either name. */
export function shapeOf(meta: Meta): Json | undefined {
  return meta[NAMES.shape] ?? meta['shape']
}
