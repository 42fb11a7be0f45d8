// The named policies of a full queue.

import { UsageError } from '../errors.ts'

export const POLICIES = ['block', 'drop-oldest', 'drop-newest', 'latest'] as const
export type Policy = (typeof POLICIES)[number]

export function parsePolicy(text: string): Policy {
  const policy = POLICIES.find(name => name === text)
  if (policy === undefined) throw new UsageError(`'${text}' is no policy: expected ${POLICIES.join(', ')}`)
  return policy
}
