// Keeps the samples, or what is said of them.

import type { Packet } from '../packet.ts'
import type { Stage } from '../stream/step.ts'

export const KINDS = ['samples', 'context'] as const
export type Kind = (typeof KINDS)[number]

/** `samples` are packets with a dtype, `context` those with a context. Gap records stay with the samples. */
export function only(kind: Kind): Stage {
  const isContext = ({ meta }: Packet) => 'context' in meta
  const wanted = kind === 'context' ? isContext : (packet: Packet) => !isContext(packet)
  return { push: batch => batch.filter(wanted) }
}
