// VRT packets: decoded, looked into, turned into numbers, and through vrt between two pipes.

import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { vrt as codec } from '../../src/codec/vrt.ts'
import { type Numbers, sampleFormat } from '../../src/dsp/samples.ts'
import type { Batch } from '../../src/packet.ts'
import type { Bench, Case, Run, Settings, Side } from './harness.ts'
import { timed } from './harness.ts'
import { folder, ours, peer, shell } from './machine.ts'

/** Bytes of the context packets that a file begins with. */
const CONTEXT = 64
/** As much as one read gives. */
const CHUNK = 256 * 1024

export const vrt: Bench = {
  name: 'vrt',
  summary: 'VITA 49 packets of 16-bit IQ: decoded in memory, and between two pipes against a parser in Python',
  async cases({ scale }: Settings): Promise<readonly Case[]> {
    const sizes = [1024, 8192, 65504]
    return [...sizes.map(samples => inMemory(samples, scale)), fromFile(scale), betweenPipes(scale)]
  },
}

function inMemory(samples: number, scale: number): Case {
  const bytes = readFileSync(vrtFile(samples, 64))
  const rounds = Math.max(1, Math.round(16 * scale))
  const numbers = new Float32Array(2 * samples)
  const side = (name: string, look: (batch: Batch) => number): Side => ({
    name,
    needs: [],
    run: async () => decoding(bytes, rounds, look),
  })
  return {
    title: `packets of ${samples} samples, in memory`,
    unit: 'GB/s',
    better: 'more',
    sides: [
      side('decode', batch => touch(batch)),
      side('decode, and every meta', batch => describe(batch)),
      side('decode, and every number', batch => number(batch, numbers)),
    ],
    bars: [{ side: 'decode', factor: 1 }],
  }
}

/** 10^9 bytes a second. */
function decoding(bytes: Buffer, rounds: number, look: (batch: Batch) => number): Run {
  const begun = performance.now()
  let sum = 0
  for (let round = 0; round < rounds; round++) {
    const decoder = codec.decoder({ source: 'bench', reject: fail })
    for (let at = 0; at < bytes.length; at += CHUNK) sum += look(decoder.push(bytes.subarray(at, at + CHUNK)))
    sum += look(decoder.end?.() ?? [])
  }
  if (!(sum > 0)) throw new Error('nothing was decoded')
  return { value: (bytes.length * rounds) / 1e6 / (performance.now() - begun) }
}

function fail({ reason }: { readonly reason: string }): never {
  throw new Error(reason)
}

function touch(batch: Batch): number {
  let sum = 0
  for (const { data } of batch) sum += data.length
  return sum
}

function describe(batch: Batch): number {
  let sum = 0
  for (const { meta } of batch) sum += Number(meta['center_frequency'] ?? 0)
  return sum
}

/** As fractions of full scale, in this machine's byte order. */
function number(batch: Batch, into: Numbers): number {
  for (const { data } of batch) if (data.length > 0) FORMAT?.read(data, into)
  return Math.abs(into[0] ?? 0) + 1
}

const FORMAT = sampleFormat('ci16_be', { fullScale: 8192 })

/** Every packet is found, counted and checked; nobody asks for its numbers. */
function fromFile(scale: number): Case {
  const path = vrtFile(8192, Math.max(64, Math.round(1024 * scale)))
  const side = {
    name: 'vrt --to raw -o null:',
    needs: ['vrt'],
    run: () => timed(`${ours('vrt', `${path} --to raw -o null:`)}`, statSync(path).size / 1e6),
  }
  const bars = [{ side: side.name, factor: 1000 }]
  return { title: 'packets of 8192 samples, from a file', unit: 'MB/s', better: 'more', sides: [side], bars }
}

function betweenPipes(scale: number): Case {
  const path = vrtFile(8192, Math.max(64, Math.round(1024 * scale)))
  const megabytes = statSync(path).size / 1e6
  const sides = [
    { name: 'cat', needs: ['cat'], filter: 'cat' },
    { name: 'python, struct and numpy', needs: ['python3'], filter: peer('vrt.py') },
    { name: 'vrt --to raw', needs: ['vrt'], filter: ours('vrt', '--only samples --to raw') },
    { name: 'vrt to frames', needs: ['vrt'], filter: ours('vrt', '--only samples') },
  ].map(({ name, needs, filter }) => ({
    name,
    needs,
    run: () => timed(`cat ${path} | ${filter} | cat >/dev/null`, megabytes),
    ...(/raw|python/.test(name) && {
      answer: () => shell(`head -c ${CONTEXT + 128 * (8192 + 6) * 4} ${path} | ${filter} 2>/dev/null | sha256sum`),
    }),
  }))
  const bars = [{ side: 'vrt --to raw', factor: 1000 }]
  return { title: 'packets of 8192 samples, pipe to pipe', unit: 'MB/s', better: 'more', sides, bars }
}

/** Packets as a WSA5000 sends them: context, then so many of 10^6 bytes of data. */
function vrtFile(samples: number, megabytes: number): string {
  const path = join(folder, `vrt-${samples}-${megabytes}.vrt`)
  if (existsSync(path)) return path
  const file = openSync(`${path}.part`, 'w')
  const context = (stream: string, fields: string) =>
    Buffer.from(`40600008${stream}6553f1000000000000000000${fields}`, 'hex')
  writeSync(file, context('90000001', '880000000009208088000000'))
  writeSync(file, context('90000002', 'a00000000000773594000000'))
  const words = samples + 6
  const packet = Buffer.alloc(words * 4)
  for (let at = 20; at < packet.length - 4; at++) packet[at] = (at * 31) & 0x1f
  packet.writeUInt32BE(0x90000003, 4)
  packet.writeUInt32BE(1700000000, 8)
  packet.writeUInt32BE(0x60060000, packet.length - 4)
  for (let count = 0; count < (megabytes * 1e6) / packet.length; count++) {
    packet.writeUInt32BE(((0x1460 | (count & 15)) << 16) + words, 0)
    writeSync(file, packet)
  }
  closeSync(file)
  renameSync(`${path}.part`, path)
  return path
}
