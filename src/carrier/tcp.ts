// TCP: `tcp://HOST:PORT`.

import { type Endpoint, hostPort } from '../url.ts'
import { INSECURE_PARAM } from './listen.ts'
import type { Address } from './socket.ts'
import { socketCarrier } from './socket-carrier.ts'

export const tcp = socketCarrier({
  scheme: 'tcp',
  summary: 'a TCP connection; with listen those of many peers',
  example: 'tcp://HOST:PORT',
  params: [INSECURE_PARAM],
  addressOf: tcpAddress,
})

export function tcpAddress(endpoint: Endpoint): Address {
  const { host, port } = hostPort(endpoint)
  return { name: `tcp:${endpoint.rest}`, options: { host, port } }
}
