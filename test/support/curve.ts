// Two ends of CURVE, and what they say to each other.

import type { Command } from '../../src/zmtp/command.ts'
import { curveClient } from '../../src/zmtp/curve-client.ts'
import { generateKeys } from '../../src/zmtp/curve-keys.ts'
import { type CurveServerOptions, curveServer } from '../../src/zmtp/curve-server.ts'
import type { Handshake } from '../../src/zmtp/mechanism.ts'
import { encodeZ85 } from '../../src/zmtp/z85.ts'

export const SERVER = generateKeys()
export const CLIENT = generateKeys()
export const ALLOWED = new Set([encodeZ85(CLIENT.publicKey)])

export const property = (value: string) => ({ 'Socket-Type': Buffer.from(value) })

/** A client and a server that have said nothing yet. */
export async function ends(options: Partial<CurveServerOptions> = {}) {
  const client = await curveClient({ keys: CLIENT, serverKey: SERVER.publicKey })
  const server = await curveServer({ keys: SERVER, allowed: ALLOWED, ...options })
  return { client: client.handshake(property('SUB')), server: server.handshake(property('PUB')) }
}

/** What was not said is a command that nobody expects. */
export function said(command: Command | undefined): Command {
  return command ?? { name: 'NOTHING', body: new Uint8Array(0) }
}

/** The four commands of a handshake. */
export function shake(client: Handshake, server: Handshake) {
  const hello = said(client.begin())
  const welcome = said(server.receive(hello))
  const initiate = said(client.receive(welcome))
  const ready = said(server.receive(initiate))
  client.receive(ready)
  return { hello, welcome, initiate, ready }
}

/** The command with one bit of one byte changed. */
export function damaged({ name, body }: Command, at: number): Command {
  return { name, body: Uint8Array.from(body, (byte, index) => (index === at ? byte ^ 1 : byte)) }
}

export function cut({ name, body }: Command, length: number): Command {
  return { name, body: body.subarray(0, length) }
}
