// Golden packets: the same ones in each encoding, made by another program, and damaged ones.

import { readFileSync } from 'node:fs'
import t from 'tap'
import { codecNamed } from '../../src/codec/index.ts'
import type { Packet } from '../../src/packet.ts'
import { cuttings, decodeAll, noReject } from '../support/chunking.ts'

function golden(name: string): Buffer {
  return readFileSync(new URL(`../../fixtures/packets/${name}`, import.meta.url))
}

function read(name: string, options: { readonly dtype?: string } = {}): readonly Packet[] {
  const decoder = codecNamed(ending(name)).decoder({ source: name, reject: noReject, ...options })
  return [...decoder.push(golden(name)), ...(decoder.end?.() ?? [])]
}

function ending(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1)
}

function write(packets: readonly Packet[], codec: string): Buffer {
  return Buffer.concat([...codecNamed(codec).encoder({ reject: noReject }).push(packets)])
}

const SENSORS = ['sensors.ndjson', 'sensors.frame', 'sensors.csv']

t.test('the packets of sensors are the same in each encoding, and become each other byte for byte', async t => {
  const wanted = read('sensors.ndjson').map(({ meta }) => meta)
  t.equal(wanted.length, 3)
  for (const from of SENSORS) {
    const packets = read(from)
    t.same(
      packets.map(({ meta }) => meta),
      wanted,
      from,
    )
    for (const to of SENSORS) t.same(write(packets, ending(to)), golden(to), `${from} to ${to}`)
    const anew = packets.map(({ meta, data }) => ({ meta, data }))
    for (const to of SENSORS) t.same(write(anew, ending(to)), golden(to), `${from}, parsed, to ${to}`)
  }
})

t.test('samples are the same bytes in each encoding', async t => {
  for (const from of ['iq.ndjson', 'iq.frame']) {
    const packets = read(from)
    for (const to of ['iq.ndjson', 'iq.frame', 'iq.raw'])
      t.same(write(packets, ending(to)), golden(to), `${from} to ${to}`)
  }
  t.match(read('iq.raw', { dtype: 'complex64' }), [{ meta: { dtype: 'complex64', shape: [4], seq: 0 } }])
})

const DAMAGED: Readonly<Record<string, { readonly good: number; readonly reasons: readonly string[] }>> = {
  'damaged.frame': {
    good: 6,
    reasons: ['bad CRC', 'noise', 'bad length', 'bad version', 'not an object', 'truncated'],
  },
  'damaged.ndjson': {
    good: 4,
    reasons: ['not an object', 'not an object', 'not an object', 'invalid UTF-8', 'truncated'],
  },
  'damaged.csv': {
    good: 3,
    reasons: ['wrong number of cells', 'wrong number of cells', 'invalid UTF-8', 'truncated'],
  },
}

t.test('of damaged input every good packet is read, and each bad piece is named where it lies', async t => {
  for (const [name, { good, reasons }] of Object.entries(DAMAGED)) {
    const bytes = golden(name)
    for (const cutting of cuttings(bytes, { random: 8 })) {
      const { packets, rejects } = decodeAll(
        reject => codecNamed(ending(name)).decoder({ source: name, reject }),
        cutting.chunks,
      )
      t.same(
        packets.map(({ meta }) => meta),
        Array.from({ length: good }, (_, seq) =>
          name.endsWith('csv') ? { seq, name: ['a', 'b\r\nc', 'd'][seq] } : { seq },
        ),
        `${name}, ${cutting.name}`,
      )
      t.same(
        rejects.map(({ reason }) => reason),
        reasons,
      )
      for (const { offset = -1, bytes: kept } of rejects) {
        t.equal(bytes.subarray(offset, offset + kept.length).toString('latin1'), kept)
      }
    }
  }
})
