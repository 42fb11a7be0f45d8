// Surroundings for tests of carriers: a context that remembers what was said, packets made and collected.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CarrierContext } from '../../src/carrier/carrier.ts'
import { openSink, openSource } from '../../src/carrier/open.ts'
import { type Batch, type Packet, packet } from '../../src/packet.ts'
import { Ledger } from '../../src/stream/ledger.ts'
import type { Policy } from '../../src/stream/policy.ts'
import type { Reject } from '../../src/stream/reject.ts'
import { run } from '../../src/stream/run.ts'
import type { Sink, Source } from '../../src/stream/step.ts'

export interface Surroundings {
  readonly context: CarrierContext
  readonly stop: AbortController
  readonly ledger: Ledger
  readonly warnings: string[]
  readonly rejects: Reject[]
  readonly hangups: Set<() => void>
  source(...endpoints: string[]): Source
  sink(...endpoints: string[]): Promise<Sink>
}

export function surroundings({
  policy = 'block',
  buffer = 1024,
}: {
  policy?: Policy
  buffer?: number
} = {}): Surroundings {
  const stop = new AbortController()
  const ledger = new Ledger()
  const warnings: string[] = []
  const rejects: Reject[] = []
  const hangups = new Set<() => void>()
  const context: CarrierContext = {
    stop: stop.signal,
    ledger,
    warn: message => warnings.push(message),
    onHangup(reopen) {
      hangups.add(reopen)
      return () => hangups.delete(reopen)
    },
    policy,
    buffer,
  }
  const reject = (rejected: Reject) => {
    rejects.push(rejected)
    ledger.stage('input').reject(rejected.reason)
  }
  return {
    context,
    stop,
    ledger,
    warnings,
    rejects,
    hangups,
    source: (...endpoints) => openSource(endpoints, { from: 'auto', context, reject }),
    sink: (...endpoints) => openSink(endpoints, { to: 'auto', context, reject }),
  }
}

export function numbered(count: number, from = 1): Packet[] {
  return Array.from({ length: count }, (_, index) => packet({ seq: from + index }))
}

/** All packets of a source; `onPacket` sees each as it comes. */
export async function collect(source: Source, onPacket: (packet: Packet) => void = () => {}): Promise<Packet[]> {
  const seen: Packet[] = []
  const sink: Sink = {
    write(batch) {
      for (const item of batch) {
        seen.push(item)
        onPacket(item)
      }
    },
    async close() {},
  }
  await run(source, [], sink)
  return seen
}

export function seqs(packets: Batch): unknown[] {
  return packets.map(({ meta }) => meta['seq'])
}

/** Looks at every turn of the event loop until it is so. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(resolve => setImmediate(resolve))
}

/** A path short enough for a socket, in a folder that goes with the test. */
export function socketPath(t: { teardown(act: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'daq-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  return join(folder, 'socket')
}
