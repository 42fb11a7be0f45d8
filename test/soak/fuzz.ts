// Damaged input into every decoder, in random cuts: nothing is thrown, what comes out is whole, memory stays bounded.
// node --import tsx test/soak/fuzz.ts [ROUNDS] [SEED]

import { CODECS } from '../../src/codec/index.ts'
import { DataError } from '../../src/errors.ts'
import { type Packet, packet } from '../../src/packet.ts'
import { belowOf, damaged } from './damage.ts'

const ROUNDS = Number(process.argv[2] ?? 1_000_000)
const SEED = process.argv[3] ?? String(Date.now())
const MEMORY = 512 * 2 ** 20

const below = belowOf(SEED)

const PACKETS: readonly Packet[] = [
  packet({ timestamp: '2026-01-01T00:00:00Z', id: 'a', name: 'Sensor-1', value: -49 }),
  packet({ name: 'with "quotes", commas\nand ü', value: null, nested: { a: [1, 2, { b: 'c' }] } }),
  packet({ dtype: 'float32', shape: [4] }, new Uint8Array(16).fill(7)),
  packet(
    { dtype: 'complex64', name: 'iq' },
    Uint8Array.from({ length: 800 }, (_, i) => i),
  ),
  packet({}),
]

/** The header of a frame that claims to be long, the end of a line. */
const BAITS = [Uint8Array.of(0xf7, 0x44, 0x41, 0x51, 1, 1, 24, 0, 0xff, 0xff, 0xff, 0x7f), Buffer.from('\n')]

function decodeInCuts(codec: (typeof CODECS)[number], bytes: Buffer): number {
  let rejects = 0
  const decoder = codec.decoder({
    source: 'fuzz',
    maxPacket: 2 ** 20,
    chunk: 64,
    dtype: 'uint8',
    reject: ({ place, reason }) => {
      rejects++
      if (!reason || (place.offset !== undefined && place.offset > bytes.length))
        throw new Error(`a reject of nowhere: ${reason}`)
    },
  })
  const look = (batch: readonly Packet[]) => {
    for (const item of batch) {
      try {
        if (typeof item.meta !== 'object' || !(item.data instanceof Uint8Array)) throw new Error('no packet')
      } catch (error) {
        if (!(error instanceof DataError)) throw error
      }
    }
  }
  for (let at = 0; at < bytes.length; ) {
    const next = at + 1 + below(below(4) === 0 ? 4 : bytes.length)
    look(decoder.push(bytes.subarray(at, next)))
    at = next
  }
  look(decoder.end?.() ?? [])
  return rejects
}

const streams = CODECS.map(codec => {
  const encoder = codec.encoder({ reject: () => {} })
  return Buffer.concat([...encoder.push(PACKETS), ...(encoder.end?.() ?? [])])
})
let rejects = 0
for (let round = 0; round < ROUNDS; round++) {
  const index = below(CODECS.length)
  const codec = CODECS[index]
  const stream = streams[below(4) === 0 ? below(streams.length) : index]
  if (!codec || !stream) continue
  const bytes = damaged(stream, below, BAITS)
  try {
    rejects += decodeInCuts(codec, bytes)
  } catch (error) {
    // Without a header no row means anything: there a decoder ends.
    if (error instanceof DataError && codec.name === 'csv' && /header/.test(error.reason)) continue
    process.stdout.write(`seed ${SEED}, round ${round}, ${codec.name}: ${bytes.toString('base64')}\n`)
    throw error
  }
  if (round % 4096 === 0 && process.memoryUsage.rss() > MEMORY)
    throw new Error(`${process.memoryUsage.rss()} bytes of memory`)
}
process.stdout.write(`fuzz: ${ROUNDS} streams, ${rejects} rejects, seed ${SEED}\n`)
if (rejects === 0) process.exit(1)
