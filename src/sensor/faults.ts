// Faults on request: which there are, how they are spelled, and how they are drawn.

import { UsageError } from '../errors.ts'
import type { Random } from '../random.ts'
import { parseDuration, parseFraction } from '../units.ts'
import type { Piece } from './pieces.ts'
import type { StuckFault } from './stuck.ts'

export interface FaultKind {
  readonly name: string
  readonly summary: string
  readonly example: string
}

/** The names are counted as such in the ledger. The order is the order in which one message's lot is drawn. */
export const FAULTS = [
  { name: 'drop', summary: 'a message vanishes', example: 'drop=1%' },
  { name: 'duplicate', summary: 'a message comes twice', example: 'duplicate=0.01' },
  { name: 'corrupt', summary: 'one digit of the value, or one bit of a frame, is changed', example: 'corrupt=1/1000' },
  { name: 'delay', summary: 'a message takes so much longer (default 50ms)', example: 'delay=2%:50ms' },
  {
    name: 'disconnect',
    summary: "a sensor's link is down for so long (default 1s) from this message on; what it sends is lost",
    example: 'disconnect=1/1000:1s',
  },
  {
    name: 'stuck',
    summary: "a sensor repeats its last value so many times (default 10); numbers only, not the probe 'sequence'",
    example: 'stuck=1%:10',
  },
] as const satisfies readonly FaultKind[]

export type FaultName = (typeof FAULTS)[number]['name']

export interface Faults {
  readonly drop: number
  readonly duplicate: number
  readonly corrupt: number
  readonly delay: { readonly probability: number; readonly milliseconds: number }
  readonly disconnect: { readonly probability: number; readonly milliseconds: number }
  readonly stuck: StuckFault
}

const DEFAULT_DELAY = 50
const DEFAULT_OUTAGE = 1000
const DEFAULT_STUCK = 10

/** `drop=1%,delay=2%:50ms`; probabilities as 1%, 0.01 or 1/100. Several texts add up. */
export function parseFaults(texts: readonly string[]): Faults {
  const given = new Map<string, { probability: number; extra: string | undefined }>()
  for (const part of texts.flatMap(text => text.split(','))) {
    const parts = /^([a-z]+)=([^:]+)(?::(.+))?$/.exec(part)
    const fault = FAULTS.find(({ name }) => name === parts?.[1])
    if (!parts?.[2] || !fault) {
      throw new UsageError(`fault '${part}': expected one of ${FAULTS.map(({ example }) => example).join(', ')}`)
    }
    if (parts[3] !== undefined && !fault.example.includes(':')) {
      throw new UsageError(`fault '${part}': expected for example ${fault.example}`)
    }
    given.set(fault.name, { probability: probability(parts[2]), extra: parts[3] })
  }
  const chance = (name: FaultName) => given.get(name)?.probability ?? 0
  const time = (name: FaultName, otherwise: number) => {
    const extra = given.get(name)?.extra
    return { probability: chance(name), milliseconds: extra === undefined ? otherwise : parseDuration(extra) }
  }
  const length = Number(given.get('stuck')?.extra ?? DEFAULT_STUCK)
  if (!Number.isInteger(length) || length < 1) throw new UsageError('fault stuck: expected for example stuck=1%:10')
  const faults: Faults = {
    drop: chance('drop'),
    duplicate: chance('duplicate'),
    corrupt: chance('corrupt'),
    delay: time('delay', DEFAULT_DELAY),
    disconnect: time('disconnect', DEFAULT_OUTAGE),
    stuck: { probability: chance('stuck'), length },
  }
  if (ofNetwork(faults) > 1) throw new UsageError('the faults of the network are more than 100% together')
  return faults
}

function probability(text: string): number {
  const ratio = /^(\d+)\/(\d+)$/.exec(text)
  return ratio ? parseFraction(String(Number(ratio[1]) / Number(ratio[2]))) : parseFraction(text)
}

/** What happens between the sensors and the output; the other faults are the sensors' own. */
const OF_NETWORK = ['drop', 'duplicate', 'corrupt', 'delay', 'disconnect'] as const

function chanceOf(faults: Faults, name: (typeof OF_NETWORK)[number]): number {
  const fault = faults[name]
  return typeof fault === 'number' ? fault : fault.probability
}

/** The probability that the network does something to a message. */
export function ofNetwork(faults: Faults): number {
  return OF_NETWORK.reduce((sum, name) => sum + chanceOf(faults, name), 0)
}

/** Draws each message's lot: at most one fault, so that what a receiver finds can be compared with what was done. */
export class FaultDice {
  readonly #random: Random
  /** Where the share of each fault ends between 0 and 1. */
  readonly #ends: readonly { readonly name: FaultName; readonly end: number }[]

  constructor(faults: Faults, random: Random) {
    this.#random = random
    let end = 0
    this.#ends = OF_NETWORK.map(name => {
      end += chanceOf(faults, name)
      return { name, end }
    })
  }

  draw(): FaultName | undefined {
    const lot = this.#random.fraction()
    return this.#ends.find(({ end }) => lot < end)?.name
  }

  /** A copy of the message, still a line or a frame, whose content is not what was sent. */
  corrupted(piece: Piece): Piece {
    const bytes = Uint8Array.from(piece.bytes)
    if (piece.metaLength > 0 && bytes.length > piece.metaLength) {
      const place = this.#random.integer(piece.metaLength, bytes.length - 1)
      bytes[place] = (bytes[place] ?? 0) ^ (1 << this.#random.integer(0, 7))
      return { ...piece, bytes }
    }
    const digits = valueDigits(bytes)
    const place = digits[this.#random.integer(0, digits.length - 1)]
    if (place === undefined) return piece
    const digit = (bytes[place] ?? 0) - ZERO
    // Never a leading zero: the line shall stay JSON.
    const other = digit === 0 ? this.#random.integer(0, 8) : (digit - 1 + this.#random.integer(1, 8)) % 9
    bytes[place] = ZERO + 1 + other
    return { ...piece, bytes }
  }
}

const ZERO = 0x30
const VALUE = Buffer.from('"value":')
const ID = Buffer.from('"id":"')

/** Where the digits of the value are; of the id, if the value has none. */
function valueDigits(line: Uint8Array): readonly number[] {
  const buffer = Buffer.from(line.buffer, line.byteOffset, line.length)
  for (const key of [VALUE, ID]) {
    const start = buffer.indexOf(key)
    if (start < 0) continue
    const places: number[] = []
    for (let place = start + key.length; place < line.length && !COMMA_OR_BRACE.has(line[place] ?? 0); place++) {
      const byte = line[place] ?? 0
      if (byte >= ZERO && byte <= ZERO + 9) places.push(place)
    }
    if (places.length > 0) return places
  }
  return []
}

const COMMA_OR_BRACE: ReadonlySet<number> = new Set([0x2c, 0x7d])
