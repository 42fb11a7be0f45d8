// Topics of a bus as endpoints: `bus:ADDRESS`, on the bus that `--bus` names.

import { UsageError } from '../errors.ts'
import { parseCount, parseDuration } from '../units.ts'
import { type Endpoint, flagParam, param } from '../url.ts'
import type { Carrier, CarrierContext, Topics } from './carrier.ts'
import { byPolicy } from './encode.ts'
import { ON_DEMAND_PARAM } from './on-demand.ts'

export const bus: Carrier = {
  scheme: 'bus',
  summary: 'a topic of the bus that --bus names; as an input a pattern, in which * is one word and # any number',
  example: 'bus:ADDRESS',
  params: [
    {
      name: 'policy',
      argument: 'POLICY',
      summary: 'input: what the bus does with packets that this subscriber is too slow for',
    },
    { name: 'buffer', argument: 'N', summary: 'input: how many packets wait for this subscriber' },
    { name: 'group', argument: 'NAME', summary: 'input: share the packets with others that name the same group' },
    {
      name: 'window',
      argument: 'N',
      summary: 'input: acknowledge what has been dealt with, N packets at most under way',
    },
    { name: 'live', summary: 'input: nothing that is retained, only what is published from now on' },
    { name: 'retain', summary: 'output: keep the last packet of each topic for those who subscribe later' },
    { name: 'ttl', argument: 'TIME', summary: 'output: after this time nobody wants a packet any more' },
    ON_DEMAND_PARAM,
  ],
  source(endpoint, context, _decode, options) {
    const { rest } = endpoint
    if (rest === '') throw new UsageError(`${endpoint.text}: expected bus:PATTERN`)
    const [policy, group] = ['policy', 'group'].map(name => endpoint.params.get(name))
    const packets = param(endpoint, 'buffer', parseCount)
    const window = param(endpoint, 'window', parseCount)
    const wanted = {
      patterns: [rest],
      retained: !flagParam(endpoint, 'live'),
      ...(policy !== undefined && { policy }),
      ...(packets !== undefined && { packets }),
      ...(group !== undefined && { group }),
      ...(window !== undefined && { window }),
    }
    return (async function* () {
      yield* (await topicsOf(endpoint, context)).subscribe(wanted, context, options)
    })()
  },
  /** Without an address each packet goes to the topic its meta names. */
  async sink(endpoint, context, _encode, options) {
    const { rest } = endpoint
    const ttl = param(endpoint, 'ttl', parseDuration)
    const wanted = {
      retain: flagParam(endpoint, 'retain'),
      ...(rest !== '' && { topic: rest }),
      ...(ttl !== undefined && { ttl: Math.max(1, Math.round(ttl)) }),
    }
    const topics = await topicsOf(endpoint, context)
    return byPolicy(await topics.publish(wanted, context, options), endpoint.text, context)
  },
}

function topicsOf({ text }: Endpoint, { topics }: CarrierContext): Promise<Topics> {
  if (!topics) throw new UsageError(`${text}: there is no bus here`)
  return topics()
}
