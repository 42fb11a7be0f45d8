// Where our own broker is found, and a connection to it.

import type { Socket } from 'node:net'
import { type Address, backOff, connect, pause } from '../carrier/socket.ts'
import { type JsonObject, packet } from '../packet.ts'
import type { BusContext } from './bus.ts'
import { type Form, packetRun } from './run.ts'

export interface Door {
  readonly address: Address
  /** Milliseconds of trying before it is given up. */
  readonly wait: number
  readonly token?: string
}

/** What a connection died of that ended well before anything was heard over it. */
export const SILENT = 'hung up without a word: no broker, or one that wants tls'

/**
 * Nothing when stopped before there is a connection. `silent`: how many ended, one after the other, before anything was
 * heard over them: with each the next one waits longer.
 */
export async function enter(
  { address, wait }: Door,
  { stop, warn }: Pick<BusContext, 'stop' | 'warn'>,
  silent = 0,
): Promise<Socket | undefined> {
  if (silent > 0) await pause(backOff(silent), stop)
  return connect(address, { wait, stop, warn })
}

/** What is said first over a connection. */
export function greeting(form: Form, { token }: Door): readonly Uint8Array[] {
  return token === undefined ? [] : [words(form, { do: 'hello', token })]
}

/** Words to the broker. */
export function words(form: Form, say: JsonObject): Uint8Array {
  return packetRun(form, packet({ broker: say }), 0).bytes
}
