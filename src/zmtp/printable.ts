// What a peer sent, as it may be shown: a terminal must not take it for orders.

import { asBuffer } from '../codec/gather.ts'

/** At most so many bytes as ASCII, with a mark for every other byte. */
export function printable(bytes: Uint8Array, most: number): string {
  return asBuffer(bytes)
    .toString('latin1', 0, most)
    .replace(/[^\x20-\x7e]/g, '?')
}
