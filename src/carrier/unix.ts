// Unix sockets: `unix:PATH`.

import { UsageError } from '../errors.ts'
import { socketCarrier } from './socket-carrier.ts'

/** The system's `sun_path`, the shortest there is; a longer path would be cut off without a word. */
const LONGEST_PATH = 103

export const unix = socketCarrier({
  scheme: 'unix',
  summary: 'a socket in the file system, or with listen the connections of many peers to it',
  example: 'unix:PATH',
  params: [],
  addressOf(endpoint) {
    if (endpoint.rest === '') throw new UsageError(`${endpoint.text}: expected unix:PATH`)
    const length = Buffer.byteLength(endpoint.rest)
    if (length > LONGEST_PATH) {
      throw new UsageError(`${endpoint.text}: a socket's path has at most ${LONGEST_PATH} bytes, this one ${length}`)
    }
    return { name: `unix:${endpoint.rest}`, options: { path: endpoint.rest } }
  },
})
