// The probes: every place values come from, in the order the manual lists them.

import { UsageError } from '../errors.ts'
import { exec } from './exec.ts'
import { iq } from './iq.ts'
import { noise } from './noise.ts'
import type { Probe, ProbeContext, ProbeKind, ProbeSpec } from './probe.ts'
import { random } from './random.ts'
import { replay } from './replay.ts'
import { sequence } from './sequence.ts'
import { sine } from './sine.ts'
import { parseProbeSpec } from './spec.ts'
import { step } from './step.ts'
import { system } from './system.ts'

export const PROBES: readonly ProbeKind[] = [random, sine, noise, step, iq, system, replay, exec, sequence]

/** The kind of a spec; unknown names and parameters are refused. */
export function probeKind(spec: ProbeSpec): ProbeKind {
  const kind = PROBES.find(({ name }) => name === spec.name)
  if (!kind)
    throw new UsageError(`unknown probe '${spec.name}': known are ${PROBES.map(({ name }) => name).join(', ')}`)
  if ((spec.rest !== '') !== (kind.argument !== undefined)) {
    const expected = kind.argument === undefined ? kind.name : `${kind.name}:${kind.argument}`
    throw new UsageError(`probe '${spec.text}': expected ${expected}, for example ${kind.example}`)
  }
  for (const name of spec.params.keys()) {
    if (kind.params.some(param => param.name === name)) continue
    const known = kind.params.map(param => param.name).join(', ') || 'none'
    throw new UsageError(`probe ${spec.text}: unknown parameter '${name}' (known: ${known})`)
  }
  return kind
}

export function makeProbe(text: string, context: ProbeContext): Probe {
  const spec = parseProbeSpec(text)
  return probeKind(spec).make(spec, context)
}
