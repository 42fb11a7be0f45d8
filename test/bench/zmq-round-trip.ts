// A packet there and back.

import type { Bench, Case, Settings, Side } from './harness.ts'
import { library, libzmq, type Player, plainSocket, play, pyzmq } from './zmq.ts'

export const zmqRoundTrip: Bench = {
  name: 'zmq-round-trip',
  summary: '1 KiB there and back over TCP on loopback, against pyzmq, libzmq in C and a plain socket',
  async cases({ scale }: Settings): Promise<readonly Case[]> {
    const task = { size: 1024, amount: Math.max(500, Math.round(5000 * scale)), hwm: 1000 }
    const side = (name: string, player: Player, percentile: string): Side => ({
      name,
      needs: player.needs,
      run: async () => {
        // The end that measures connects, and so is the receiver of the two.
        const { receivers } = await play({ sender: [player, 'pong'], receiver: [player, 'ping'] }, task)
        return { value: receivers[0]?.[percentile] ?? Number.NaN }
      },
    })
    return [
      ['median', 'p50'],
      ['99th percentile', 'p99'],
    ].map(([title = '', percentile = '']) => {
      const sides = [
        side('plain socket in C', plainSocket, percentile),
        side('libzmq in C, PAIR', libzmq, percentile),
        side('pyzmq, PAIR, json', pyzmq, percentile),
        side('daqutils, PUSH and PULL', library, percentile),
      ]
      const bars = [{ side: 'daqutils, PUSH and PULL', factor: 1, than: 'pyzmq, PAIR, json' }]
      return { title, unit: 'µs', better: 'less', sides, bars }
    })
  },
}
