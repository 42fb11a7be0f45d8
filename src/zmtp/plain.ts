// The PLAIN mechanism: the client tells a user and a password in the clear (RFC 24).

import { createHash, timingSafeEqual } from 'node:crypto'
import { UsageError } from '../errors.ts'
import { type Command, command, refusedByPeer } from './command.ts'
import { type Handshake, type Mechanism, Refused } from './mechanism.ts'
import { decodeProperties, encodeProperties, type Properties } from './metadata.ts'

/** Each at most 255 bytes of UTF-8; longer ones are a UsageError. */
export interface Credentials {
  readonly user: string
  readonly password: string
}

export function plainClient(credentials: Credentials): Mechanism {
  const hello = command('HELLO', helloBody(credentials))
  return { name: 'PLAIN', asServer: false, handshake: own => new PlainClient(hello, own) }
}

/** Lets in whoever gives one of the pairs. */
export function plainServer(allowed: readonly Credentials[]): Mechanism {
  const digests = allowed.map(pair => digest(helloBody(pair)))
  const isAllowed = (hello: Uint8Array) => {
    const given = digest(hello)
    // All are compared, so that the time tells nothing.
    return digests.reduce((found, known) => timingSafeEqual(known, given) || found, false)
  }
  return { name: 'PLAIN', asServer: true, handshake: own => new PlainServer(isAllowed, own) }
}

class PlainClient implements Handshake {
  readonly #hello: Command
  readonly #own: Properties
  #expected = 'WELCOME'
  peer: Properties | undefined

  constructor(hello: Command, own: Properties) {
    this.#hello = hello
    this.#own = own
  }

  begin(): Command {
    return this.#hello
  }

  receive(received: Command): Command | undefined {
    expect(received, this.#expected)
    if (this.#expected === 'READY') {
      this.peer = decodeProperties(received.body)
      return undefined
    }
    this.#expected = 'READY'
    return command('INITIATE', encodeProperties(this.#own))
  }
}

class PlainServer implements Handshake {
  readonly #isAllowed: (hello: Uint8Array) => boolean
  readonly #own: Properties
  #expected = 'HELLO'
  peer: Properties | undefined

  constructor(isAllowed: (hello: Uint8Array) => boolean, own: Properties) {
    this.#isAllowed = isAllowed
    this.#own = own
  }

  begin(): undefined {}

  receive(received: Command): Command {
    expect(received, this.#expected)
    if (this.#expected === 'INITIATE') {
      this.peer = decodeProperties(received.body)
      return command('READY', encodeProperties(this.#own))
    }
    // The status code of ZAP, as libzmq tells it.
    if (!this.#isAllowed(received.body)) throw new Refused('a wrong user or password', { told: '400' })
    this.#expected = 'INITIATE'
    return command('WELCOME')
  }
}

function expect(received: Command, name: string): void {
  if (received.name === 'ERROR') throw refusedByPeer(received)
  if (received.name !== name) throw new Refused(`${received.name} in the PLAIN handshake, expected ${name}`)
}

/** User and password, each after its length in one byte. */
function helloBody({ user, password }: Credentials): Buffer {
  return Buffer.concat(
    [user, password].flatMap(text => {
      const bytes = Buffer.from(text)
      if (bytes.length > 255) throw new UsageError('a user or password for PLAIN is longer than 255 bytes')
      return [Uint8Array.of(bytes.length), bytes]
    }),
  )
}

function digest(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest()
}
