// What a GET asks for, as the request that a line of JSON would be.

import type { IncomingMessage } from 'node:http'
import type { JsonObject } from '../packet.ts'
import { BadRequest, readRequest, type SubscribeRequest } from './control.ts'

/** `/topics/PATTERN?pattern=PATTERN&policy=latest&buffer=100&retained=no&from=earliest` */
export function subscriptionOf({ pathname, searchParams }: URL, { headers }: IncomingMessage): SubscribeRequest {
  const first = decodeURIComponent(pathname.replace(/^\/topics\/?/, ''))
  const pattern = [...(first === '' ? [] : [first]), ...searchParams.getAll('pattern')]
  const [policy, buffer, group] = ['policy', 'buffer', 'group'].map(name => searchParams.get(name))
  const request = readRequest({
    broker: {
      do: 'subscribe',
      pattern,
      ...(policy && { policy }),
      ...(buffer && { buffer: Number(buffer) }),
      ...(group && { group }),
      ...placeOf(searchParams.get('from'), headers['last-event-id']),
      ...(searchParams.has('retained') && {
        retained: !['no', '0', 'false'].includes(searchParams.get('retained') ?? ''),
      }),
    },
  })
  if (request.do !== 'subscribe') throw new BadRequest('expected a subscription')
  return request
}

/** A browser whose connection broke goes on after the last event that it had. */
function placeOf(from: string | null, last: string | readonly string[] | undefined): JsonObject {
  if (typeof last === 'string' && /^\d+$/.test(last)) return { from: Number(last) + 1 }
  if (from === null) return {}
  return { from: /^\d+$/.test(from) ? Number(from) : from }
}
