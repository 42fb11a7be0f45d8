// The greeting: the first 64 bytes that each peer sends, with its version and its security mechanism (RFC 37).

import type { Mechanism } from './mechanism.ts'
import { Refused } from './mechanism.ts'
import { printable } from './printable.ts'

const LENGTH = 64
const SIGNATURE_END = 9
const MAJOR = 10
const MINOR = 11
const MECHANISM = 12
const AS_SERVER = 32
/** Bytes of what is no greeting that an error shows. */
const SHOWN = 16

export interface Greeting {
  readonly major: number
  readonly minor: number
  /** As it may be shown. */
  readonly mechanism: string
  readonly asServer: boolean
}

/** The greeting of ZMTP 3.1. */
export function greetingBytes({ name, asServer }: Pick<Mechanism, 'name' | 'asServer'>): Buffer {
  const bytes = Buffer.alloc(LENGTH)
  bytes[0] = 0xff
  bytes[SIGNATURE_END] = 0x7f
  bytes[MAJOR] = 3
  bytes[MINOR] = 1
  bytes.write(name, MECHANISM, 'latin1')
  bytes[AS_SERVER] = asServer ? 1 : 0
  return bytes
}

/** Reads a peer's greeting in any cut. Bytes that no greeting begins with are refused as soon as they come. */
export class GreetingReader {
  readonly #bytes = Buffer.alloc(LENGTH)
  #length = 0

  /** Takes what belongs to the greeting and gives the rest; throws Refused. */
  push(bytes: Buffer): Buffer {
    const taken = bytes.copy(this.#bytes, this.#length)
    this.#length += taken
    check(this.#bytes.subarray(0, this.#length))
    return bytes.subarray(taken)
  }

  /** Set when all of it came. */
  get greeting(): Greeting | undefined {
    const bytes = this.#bytes
    if (this.#length < LENGTH) return undefined
    const mechanism = bytes.subarray(MECHANISM, AS_SERVER)
    const end = mechanism.indexOf(0)
    return {
      major: bytes.readUInt8(MAJOR),
      minor: bytes.readUInt8(MINOR),
      mechanism: printable(mechanism, end < 0 ? mechanism.length : end),
      asServer: bytes[AS_SERVER] === 1,
    }
  }
}

function check(bytes: Buffer): void {
  const { length } = bytes
  if (length > 0 && bytes[0] !== 0xff)
    throw new Refused(`no ZMTP: begins with "${printable(bytes, SHOWN)}", expected a greeting`)
  if (length <= SIGNATURE_END) return
  const end = bytes.readUInt8(SIGNATURE_END)
  // The flags of a ZMTP 1.0 frame, whose length was taken for a signature: its lowest bit is 0.
  if ((end & 1) === 0) throw new Refused('ZMTP 1.0, expected 3.0 or newer')
  if (end !== 0x7f) throw new Refused(`no ZMTP: begins with "${printable(bytes, SHOWN)}", expected a greeting`)
  // Of versions before 3 the byte counts from 0 for ZMTP 1.0.
  const major = bytes[MAJOR] ?? 3
  if (major < 3) throw new Refused(`ZMTP ${major === 0 ? 1 : 2}.0, expected 3.0 or newer`)
}
