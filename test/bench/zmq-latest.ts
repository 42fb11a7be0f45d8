// The newest packet wins: a writer at full speed and a reader that takes what it can.

import type { Bench, Case, Settings, Side } from './harness.ts'
import { type Found, library, libzmq, type Player, play, pyzmq, rateOf } from './zmq.ts'

/** Bytes, in words, and how many times as many packets as pyzmq delivers. */
const SIZES = [
  [1000, '1 kB', 20],
  [1 << 20, '1 MiB', 2],
] as const

export const zmqLatest: Bench = {
  name: 'zmq-latest',
  summary: 'a publisher at full speed whose queue holds one packet: what a reader gets of it, against pyzmq and libzmq',
  async cases({ scale }: Settings): Promise<readonly Case[]> {
    const amount = Math.max(200, Math.round(1000 * scale))
    return SIZES.map(([size, title, factor]) => {
      const side = (name: string, player: Player, role: string): Side => ({
        name,
        needs: player.needs,
        run: async () => {
          const task = { size, amount, hwm: 1 }
          const found = await play({ sender: [player, role], receiver: [player, 'sub'] }, task)
          if (player === library) checkCounts(found)
          return { value: rateOf(found.receivers[0] ?? {}) }
        },
      })
      const sides = [
        side('libzmq in C', libzmq, 'pub'),
        side('libzmq in C, ZMQ_EVENTS first', libzmq, 'pub+'),
        side('pyzmq', pyzmq, 'pub'),
        side('daqutils', library, 'pub'),
      ]
      const bars = [{ side: 'daqutils', factor, than: 'pyzmq' }]
      return { title: `delivered of ${title}`, unit: 'packets/s', better: 'more', sides, bars }
    })
  },
}

/** The newest came, and what was written, delivered, dropped and received adds up. */
function checkCounts({ sender, receivers }: Found): void {
  const { sent = 0, delivered = 0, dropped = 0, pending } = sender
  const { received, newest } = receivers[0] ?? {}
  const adds = delivered === received && delivered + dropped === sent && pending === 0
  if (!adds || newest !== sent - 1) {
    throw new Error(`the counts do not add up: ${JSON.stringify({ ...sender, received, newest })}`)
  }
}
