// TCP: `tcp://HOST:PORT`.

import { hostPort } from '../url.ts'
import { INSECURE_PARAM } from './listen.ts'
import { socketCarrier } from './socket-carrier.ts'

export const tcp = socketCarrier({
  scheme: 'tcp',
  summary: 'a TCP connection, or with listen those of many peers',
  example: 'tcp://HOST:PORT',
  params: [INSECURE_PARAM],
  addressOf(endpoint) {
    const { host, port } = hostPort(endpoint)
    return { name: `tcp:${endpoint.rest}`, options: { host, port } }
  },
})
