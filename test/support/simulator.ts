// A simulated instrument on ports of its own, and what reads from it.

import type { Test } from 'tap'
import { type InstrumentOptions, instrumentSource } from '../../src/instrument/instrument-source.ts'
import { Signal, type Tone } from '../../src/instrument/signal.ts'
import { openSimulator, type Simulator } from '../../src/instrument/simulator.ts'
import type { Batch, Packet } from '../../src/packet.ts'
import { randomStream } from '../../src/random.ts'
import { surroundings } from './carrier.ts'
import { noReject } from './chunking.ts'

export interface Simulated {
  readonly simulator: Simulator
  /** What it said with -v. */
  readonly words: string[]
}

export async function simulated(
  t: Test,
  { tones = [], speed = 1 }: { tones?: readonly Tone[]; speed?: number } = {},
): Promise<Simulated> {
  const words: string[] = []
  const simulator = await openSimulator({
    host: '127.0.0.1',
    controlPort: 0,
    dataPort: 0,
    signal: new Signal({ tones, noise: -90, random: randomStream('1', 'noise') }),
    speed,
    warn() {},
    explain: message => words.push(message),
  })
  t.teardown(() => simulator.close())
  return { simulator, words }
}

/** Packets of the instrument, by batches; `stop` ends them as a signal would. */
export function measuring({ simulator }: Simulated, options: Partial<InstrumentOptions> = {}) {
  const { context, stop, ledger } = surroundings()
  const { controlPort, dataPort } = simulator
  const source: AsyncGenerator<Batch> = instrumentSource({
    host: '127.0.0.1',
    controlPort,
    dataPort,
    reset: false,
    settings: {},
    commands: [],
    identify: false,
    job: { kind: 'stream' },
    context,
    reject: noReject,
    ...options,
  })
  return { source, stop, ledger }
}

export async function allOf(source: AsyncIterable<Batch>): Promise<Packet[]> {
  const packets: Packet[] = []
  for await (const batch of source) packets.push(...batch)
  return packets
}
