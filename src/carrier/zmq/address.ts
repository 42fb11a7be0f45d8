// Where a ZeroMQ endpoint is: `zmq+pub://HOST:PORT` over TCP, `zmq+pub:PATH` in the file system (what ZeroMQ calls ipc).

import { UsageError } from '../../errors.ts'
import { type Endpoint, flagParam, hostPort } from '../../url.ts'
import type { Address } from '../socket.ts'
import { pathAddress } from '../unix.ts'

/** Peers that know only IPv4 find what listens on these. */
const LISTENING: Readonly<Record<string, string>> = { '*': '0.0.0.0', localhost: '127.0.0.1' }

/** As ZeroMQ has it, the host `*` listens on all IPv4 addresses of the machine. Throws a UsageError. */
export function addressOf(endpoint: Endpoint): Address {
  const { text, scheme, rest } = endpoint
  if (rest === '') throw new UsageError(`${text}: expected ${scheme}://HOST:PORT or ${scheme}:PATH`)
  if (!rest.startsWith('//')) return pathAddress(endpoint)
  const { host, port } = hostPort(endpoint)
  const name = `${scheme}:${rest}`
  if (flagParam(endpoint, 'listen')) return { name, options: { host: LISTENING[host] ?? host, port } }
  if (host === '*' || port === 0) throw new UsageError(`${text}: expected a host and a port to connect to`)
  return { name, options: { host, port } }
}
