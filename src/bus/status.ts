// The state of the broker as it tells it: the broker itself, then every client, then every group.

import type { JsonObject } from '../packet.ts'
import type { Ledger } from '../stream/ledger.ts'
import type { ClientState } from './client-state.ts'
import type { Archive } from './durable/archive.ts'
import type { Exchange } from './exchange.ts'

/** Of one client, no more patterns than these are told. */
const MOST_PATTERNS = 100

export interface StatusOf {
  readonly exchange: Exchange
  readonly ledger: Ledger
  readonly peers: Iterable<readonly [name: string, client: ClientState]>
  readonly clients: number
  /** Epoch milliseconds. */
  readonly since: number
  readonly archive?: Archive | undefined
}

export function* statusOf({ exchange, ledger, peers, clients, since, archive }: StatusOf): Generator<JsonObject> {
  const [input, output] = [ledger.stage('input').report(), ledger.stage('output').report()]
  yield {
    ps: {
      kind: 'broker',
      since: new Date(since).toISOString(),
      clients,
      bindings: exchange.size,
      received: input.in,
      received_bytes: input.bytes,
      sent: output.out,
      sent_bytes: output.bytes,
      dropped: output.dropped,
      rejected: input.rejected,
      retained: exchange.retained.size,
      retained_bytes: exchange.retained.bytes,
      ...(archive && { journal: archive.status() }),
    },
  }
  for (const [name, peer] of peers) yield { ps: clientStatus(name, peer) }
  for (const { name, members, waiting, lost } of exchange.groups) {
    yield { ps: { kind: 'group', group: name, members: members.length, waiting, lost } }
  }
  for (const piece of archive?.consumers() ?? []) yield { ps: piece }
}

function clientStatus(client: string, peer: ClientState): JsonObject {
  const { participant, outbox, received, isWaiting } = peer
  const patterns = [...participant.patterns.values()].flat()
  const groups = participant.groups.map(({ name }) => name)
  return {
    kind: 'client',
    client,
    ...(participant.name !== undefined && { name: participant.name }),
    ...(participant.addresses.length > 0 && { addresses: participant.addresses }),
    patterns: patterns.slice(0, MOST_PATTERNS),
    ...(patterns.length > MOST_PATTERNS && { more_patterns: patterns.length - MOST_PATTERNS }),
    ...(groups.length > 0 && { groups }),
    policy: outbox.bounds.policy,
    buffer: outbox.bounds.packets,
    received,
    ...outbox.counts,
    ...(isWaiting && { waiting_for_others: true }),
  }
}
