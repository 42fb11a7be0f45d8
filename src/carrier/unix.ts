// Unix sockets: `unix:PATH`.

import { UsageError } from '../errors.ts'
import { socketCarrier } from './socket-carrier.ts'

export const unix = socketCarrier({
  scheme: 'unix',
  summary: 'a socket in the file system, or with listen the connections of many peers to it',
  example: 'unix:PATH',
  params: [],
  addressOf(endpoint) {
    if (endpoint.rest === '') throw new UsageError(`${endpoint.text}: expected unix:PATH`)
    return { name: `unix:${endpoint.rest}`, options: { path: endpoint.rest } }
  },
})
