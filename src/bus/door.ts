// Where our own broker is found, and a connection to it.

import type { Socket } from 'node:net'
import { type Address, connect } from '../carrier/socket.ts'
import { type JsonObject, packet } from '../packet.ts'
import type { BusContext } from './bus.ts'
import { type Form, packetRun } from './run.ts'

export interface Door {
  readonly address: Address
  /** Milliseconds of trying before it is given up. */
  readonly wait: number
  readonly token?: string
}

/** Nothing when stopped before there is a connection. */
export function enter(
  { address, wait }: Door,
  { stop, warn }: Pick<BusContext, 'stop' | 'warn'>,
): Promise<Socket | undefined> {
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
