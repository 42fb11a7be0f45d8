// Unix sockets: `unix:PATH`.

import { UsageError } from '../errors.ts'
import type { Endpoint } from '../url.ts'
import type { Address } from './socket.ts'
import { socketCarrier } from './socket-carrier.ts'

/** The system's `sun_path`, the shortest there is; a longer path would be cut off without a word. */
const LONGEST_PATH = 103

export const unix = socketCarrier({
  scheme: 'unix',
  summary: 'a socket in the file system; with listen the connections of many peers to it',
  example: 'unix:PATH',
  params: [],
  addressOf: unixAddress,
})

export function unixAddress(endpoint: Endpoint): Address {
  if (endpoint.rest === '') throw new UsageError(`${endpoint.text}: expected unix:PATH`)
  return pathAddress(endpoint)
}

/** Throws a UsageError for a path that no socket can have. */
export function pathAddress({ text, scheme, rest }: Endpoint): Address {
  const length = Buffer.byteLength(rest)
  if (length > LONGEST_PATH) {
    throw new UsageError(`${text}: a socket's path has at most ${LONGEST_PATH} bytes, this one ${length}`)
  }
  return { name: `${scheme}:${rest}`, options: { path: rest } }
}
