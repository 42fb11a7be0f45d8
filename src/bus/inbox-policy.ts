// What a subscriber wants to happen when it is slower than what comes for it.

import { UsageError } from '../errors.ts'
import { POLICIES } from '../stream/policy.ts'

/** Those of every queue, and `spill`: what has no room in memory waits in a file. */
export const INBOX_POLICIES = [...POLICIES, 'spill'] as const
export type InboxPolicy = (typeof INBOX_POLICIES)[number]

export interface InboxBounds {
  readonly policy: InboxPolicy
  /** Of what waits, beside what is being sent: packets and bytes. `latest` keeps one packet. */
  readonly packets: number
  readonly bytes: number
}

/** Nobody else waits for a subscriber that has not asked for it. */
export const DEFAULT_BOUNDS: InboxBounds = { policy: 'drop-oldest', packets: 65_536, bytes: 64 * 2 ** 20 }

export function parseInboxPolicy(text: string): InboxPolicy {
  const policy = INBOX_POLICIES.find(name => name === text)
  if (policy === undefined) throw new UsageError(`'${text}' is no policy: expected ${INBOX_POLICIES.join(', ')}`)
  return policy
}
