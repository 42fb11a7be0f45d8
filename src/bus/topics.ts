// A bus as the carrier `bus:` sees it.

import type { CarrierContext, Topics } from '../carrier/carrier.ts'
import type { Rejecter } from '../stream/reject.ts'
import type { BusContext } from './bus.ts'
import { parseInboxPolicy } from './inbox-policy.ts'
import { busFor } from './index.ts'

/** Throws a UsageError for a URL of no bus. */
export function topicsOf(url: string, warn: BusContext['warn']): Topics {
  const bus = busFor(url, warn)
  return {
    name: bus.name,
    subscribe({ patterns, policy, ...wanted }, context, { reject }) {
      const options = { ...wanted, ...(policy !== undefined && { policy: parseInboxPolicy(policy) }) }
      return bus.subscribe(patterns, options, busContext(context, reject))
    },
    publish: (wanted, context, { reject }) => bus.publish(wanted, busContext(context, reject)),
  }
}

function busContext({ stop, ledger, warn }: CarrierContext, reject: Rejecter): BusContext {
  return { stop, ledger, warn, reject }
}
