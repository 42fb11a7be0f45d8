// What each peer was sent or has sent, in words for people.

import type { PeerReport } from '../stream/ledger.ts'

/** So many are named. */
const MOST = 20

/** `tcp://127.0.0.1:40001: 98 sent, 2 dropped (2 superseded)`, a line for each peer. */
export function peerLines(peers: Readonly<Record<string, PeerReport>> = {}): readonly string[] {
  const all = Object.entries(peers)
  const lines = all.slice(0, MOST).map(([name, report]) => `${name}: ${wordsOf(report)}`)
  return all.length > MOST ? [...lines, `and ${all.length - MOST} more`] : lines
}

function wordsOf({ received, sent, dropped = {}, pending = 0 }: PeerReport): string {
  const lost = Object.entries(dropped)
  const total = lost.reduce((sum, [, count]) => sum + count, 0)
  return [
    ...(received === undefined ? [] : [`${received} received`]),
    ...(sent === undefined ? [] : [`${sent} sent`]),
    ...(total > 0 ? [`${total} dropped (${lost.map(([reason, count]) => `${count} ${reason}`).join(', ')})`] : []),
    ...(pending > 0 ? [`${pending} unsent`] : []),
  ].join(', ')
}
