// TCP ports that nobody listens on.

import { once } from 'node:events'
import { createServer } from 'node:net'

/** Free a moment ago, which is as much as anybody can say. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** Ports of five digits, as the examples of manual pages have them. */
const WRITTEN = /(?<=127\.0\.0\.1:(?:\d+:)?|--data-port )\d{5}\b/g

/** A shell line with a free port in place of each one written there, so that two runs of it do not meet. */
export async function withFreePorts(line: string): Promise<string> {
  const free = new Map<string, number>()
  for (const port of new Set(line.match(WRITTEN))) free.set(port, await otherPort(free))
  return line.replace(WRITTEN, port => String(free.get(port)))
}

async function otherPort(taken: ReadonlyMap<string, number>): Promise<number> {
  const port = await freePort()
  return [...taken.values()].includes(port) ? otherPort(taken) : port
}
