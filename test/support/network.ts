// A network for tests, and the messages that go through it.

import { randomStream } from '../../src/random.ts'
import { parseFaults } from '../../src/sensor/faults.ts'
import { Network, type NetworkOptions } from '../../src/sensor/network.ts'
import type { Piece } from '../../src/sensor/pieces.ts'
import { StageCount } from '../../src/stream/ledger.ts'

export interface TestNetwork {
  readonly network: Network
  readonly count: StageCount
  readonly injected: StageCount
}

export function testNetwork(sensors: number, options: Partial<NetworkOptions> & { fault?: string } = {}): TestNetwork {
  const count = new StageCount()
  const injected = new StageCount()
  const { fault, ...rest } = options
  const network = new Network({
    names: Array.from({ length: sensors }, (_, index) => `S${index}`),
    limit: 5,
    latency: 0,
    policy: 'block',
    buffer: 1024,
    ordered: false,
    total: Number.POSITIVE_INFINITY,
    faults: parseFaults(fault === undefined ? [] : [fault]),
    random: sensor => randomStream('test', `${sensor}`),
    count,
    injected,
    ...rest,
  })
  return { network, count, injected }
}

/** Lines `{"n":"S0","s":7}`. */
export function messages(
  sensor: number,
  seq: number,
  count: number,
  timing: { time?: number; step?: number } = {},
): Piece {
  const lines = Array.from({ length: count }, (_, index) => `{"n":"S${sensor}","s":${seq + index}}\n`)
  const { time = 0, step = 0 } = timing
  return { sensor, seq, count, time, step, bytes: Buffer.from(lines.join('')), metaLength: 0 }
}

/** `S0:7` for each message, `gap S0:3-5` for a gap record. */
export function labels(pieces: readonly Piece[]): string[] {
  return pieces.flatMap(({ bytes }) =>
    Buffer.from(bytes)
      .toString()
      .trimEnd()
      .split('\n')
      .map(line => {
        const { n, s, name, gap } = JSON.parse(line)
        return gap ? `gap ${name}:${gap.from}-${gap.to} (${gap.lost})` : `${n}:${s}`
      }),
  )
}
