// The bus that is a broker of our own: `broker serve` at the other end of a connection.

import { WAIT_PARAM, waitOf } from '../carrier/socket.ts'
import { tcpAddress } from '../carrier/tcp.ts'
import { TLS_CLIENT_PARAMS, tlsClient } from '../carrier/tls.ts'
import { unixAddress } from '../carrier/unix.ts'
import { isObject, packet } from '../packet.ts'
import { withoutSecrets } from '../url.ts'
import { ask } from './ask.ts'
import type { BusKind } from './index.ts'
import { publisher } from './publisher.ts'
import { subscriber } from './subscriber.ts'
import { readToken } from './tokens.ts'

export const embedded: BusKind = {
  schemes: ['tcp', 'tls', 'unix'],
  summary: 'a broker of our own, which broker serve runs',
  example: 'tcp://HOST:PORT',
  params: [
    WAIT_PARAM,
    { name: 'token', argument: 'FILE', summary: 'show the token in this file' },
    ...TLS_CLIENT_PARAMS,
  ],
  open(endpoint, warn) {
    const plain = endpoint.scheme === 'unix' ? unixAddress(endpoint) : tcpAddress(endpoint)
    const address =
      endpoint.scheme === 'tls' ? { ...plain, name: `tls:${endpoint.rest}`, secure: tlsClient(endpoint, warn) } : plain
    const tokenFile = endpoint.params.get('token')
    const token = tokenFile === undefined ? undefined : readToken(tokenFile, warn)
    const door = { address, wait: waitOf(endpoint), ...(token !== undefined && { token }) }
    return {
      name: withoutSecrets(endpoint.text),
      status: async context => {
        const heard = await ask(door, { do: 'ps' }, context)
        return heard.flatMap(({ ps }) => (isObject(ps) ? packet(ps) : []))
      },
      forget: async (what, context) => void (await ask(door, { do: 'forget', ...what }, context)),
      publish: (options, context) => publisher(door, options, context),
      subscribe: (patterns, options, context) => subscriber(door, patterns, options, context),
    }
  },
}
