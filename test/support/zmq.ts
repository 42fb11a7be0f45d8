// ZeroMQ endpoints for tests: places to listen, and packets taken from a source.

import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Packet } from '../../src/packet.ts'
import type { Source } from '../../src/stream/step.ts'

interface Teardown {
  teardown(act: () => void): void
}

/** A folder that goes with the test, its name short enough for a socket. */
export function folderOf(t: Teardown): string {
  const folder = mkdtempSync(join(tmpdir(), 'zmq-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address: AddressInfo | string | null = server.address()
  await new Promise(resolve => server.close(resolve))
  return address && typeof address === 'object' ? address.port : 0
}

export type Transport = 'tcp' | 'ipc'
export const TRANSPORTS: readonly Transport[] = ['tcp', 'ipc']

/** Where to meet: for a URL of ours what follows the scheme's colon, and what ZeroMQ calls it. */
export interface Place {
  readonly ours: string
  readonly theirs: string
}

export async function placeOf(t: Teardown, transport: Transport): Promise<Place> {
  if (transport === 'tcp') {
    const port = await freePort()
    return { ours: `//127.0.0.1:${port}`, theirs: `tcp://127.0.0.1:${port}` }
  }
  const path = join(folderOf(t), 's')
  return { ours: path, theirs: `ipc://${path}` }
}

/** Packets until there are so many; the source is then left. */
export async function take(source: Source, count: number): Promise<Packet[]> {
  const packets: Packet[] = []
  for await (const batch of source) {
    packets.push(...batch)
    if (packets.length >= count) break
  }
  return packets
}
