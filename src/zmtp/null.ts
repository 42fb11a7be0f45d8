// The NULL mechanism: no secrets, each peer says READY with its properties (RFC 37).

import { type Command, command, refusedByPeer } from './command.ts'
import { type Handshake, type Mechanism, Refused } from './mechanism.ts'
import { decodeProperties, encodeProperties, type Properties } from './metadata.ts'

export const NULL: Mechanism = {
  name: 'NULL',
  asServer: false,
  handshake: own => new NullHandshake(own),
}

class NullHandshake implements Handshake {
  readonly #own: Properties
  peer: Properties | undefined

  constructor(own: Properties) {
    this.#own = own
  }

  begin(): Command {
    return command('READY', encodeProperties(this.#own))
  }

  receive(received: Command): undefined {
    if (received.name === 'ERROR') throw refusedByPeer(received)
    if (received.name !== 'READY') throw new Refused(`${received.name} in the NULL handshake, expected READY`)
    this.peer = decodeProperties(received.body)
  }
}
