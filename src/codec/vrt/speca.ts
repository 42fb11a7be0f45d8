// The packets that PyRF puts into its recordings: the state of the instrument, as JSON in a packet of its own.

import { deflateSync, inflateSync } from 'node:zlib'
import type { Json } from '../../packet.ts'
import { WORD } from './header.ts'

/** The stream of these packets, which have neither timestamp nor indicators. */
export const SPECA = 0x5370_eca0

/** The most that one may unfold to. */
const LARGEST = 2 ** 20

/** The state that a body holds (deflated JSON, padded with zeros); nothing if it holds none. */
export function readSpeca(body: Uint8Array): Json | undefined {
  try {
    return JSON.parse(inflateSync(body, { maxOutputLength: LARGEST }).toString('utf8')) as Json
  } catch {
    return undefined
  }
}

export function writeSpeca(state: Json): Buffer {
  const deflated = deflateSync(JSON.stringify(state))
  return Buffer.concat([deflated, Buffer.alloc(-deflated.length & (WORD - 1))])
}
