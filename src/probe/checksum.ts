// The checksum in every packet of the probe `sequence`, which no codec or store between here and there may break.

import { crc32 } from 'node:zlib'

export interface Checked {
  /** Milliseconds since 1970 of the `timestamp`, however it is written. */
  readonly time: number
  readonly id: string
  readonly name: string
  readonly seq: number
  readonly value: number
}

/**
 * CRC-32 (IEEE 802.3) of the UTF-8 text `time \n id \n name \n seq \n value`, numbers in the shortest decimal form.
 * It covers what things mean, not how they are written, so that CSV and SQL change nothing about it.
 */
export function sequenceChecksum({ time, id, name, seq, value }: Checked): number {
  return crc32(`${time}\n${id}\n${name}\n${seq}\n${value}`)
}
