// Reads `sine?period=10s`, `replay:FILE?speed=10` and `exec:COMMAND`.

import { UsageError } from '../errors.ts'
import type { ProbeSpec } from './probe.ts'

/** A command is taken as it stands; elsewhere a literal `?` is written `%3F`. */
export function parseProbeSpec(text: string): ProbeSpec {
  const name = /^[^:?]*/.exec(text)?.[0] ?? ''
  const rest = text.slice(name.length)
  if (name === 'exec') return { text, name, rest: rest.slice(1), params: new Map() }
  const query = rest.indexOf('?')
  const argument = query < 0 ? rest : rest.slice(0, query)
  const params = new Map<string, string>()
  if (query >= 0) for (const [key, value] of new URLSearchParams(rest.slice(query + 1))) params.set(key, value)
  return { text, name, rest: argument.slice(1).replace(/%3F/gi, '?'), params }
}

/** A parameter read by one of the parsers of `units.ts`; its errors name the probe. */
export function probeParam<T>(spec: ProbeSpec, name: string, parse: (text: string) => T, otherwise: T): T {
  const text = spec.params.get(name)
  if (text === undefined) return otherwise
  try {
    return parse(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UsageError(`probe ${spec.text}: ${name}: ${reason}`, { cause: error })
  }
}
