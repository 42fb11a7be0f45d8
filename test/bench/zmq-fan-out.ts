// One publisher, many readers: each gets every packet.

import type { Bench, Case, Settings, Side } from './harness.ts'
import { library, libzmq, type Player, play, pyzmq, type Said } from './zmq.ts'

const READERS = 8
const SIZES = [
  [1024, '1 KiB', 100_000],
  [1 << 20, '1 MiB', 200],
] as const

export const zmqFanOut: Bench = {
  name: 'zmq-fan-out',
  summary: `${READERS} readers of one publisher over TCP, all of them libzmq in C: what they get in all, of whose publisher`,
  async cases({ scale }: Settings): Promise<readonly Case[]> {
    return SIZES.map(([size, title, most]) => {
      const task = { size, amount: Math.max(50, Math.round(most * scale)), hwm: 0 }
      const side = (name: string, player: Player): Side => ({
        name,
        needs: [...player.needs, ...libzmq.needs],
        run: async () => {
          const cast = { sender: [player, 'pubn'], receiver: [libzmq, 'sub'], receivers: READERS } as const
          return { value: together((await play(cast, task)).receivers, task.amount) }
        },
      })
      const sides = [side('libzmq in C', libzmq), side('pyzmq, json', pyzmq), side('daqutils', library)]
      const bars = [{ side: 'daqutils', factor: 0.8, than: 'libzmq in C' }]
      return { title, unit: 'packets/s', better: 'more', sides, bars }
    })
  },
}

/** What all got a second, from the first packet that any of them got to the last. */
function together(readers: readonly Said[], amount: number): number {
  const times = (name: string) => readers.map(said => said[name] ?? Number.NaN)
  const short = times('received').filter(received => received !== amount)
  if (short.length > 0) throw new Error(`readers got ${short.join(', ')} packets of ${amount}`)
  return (amount * readers.length) / (Math.max(...times('last')) - Math.min(...times('first')))
}
