// Small packets from one process to another.

import type { Bench, Case, Settings, Side } from './harness.ts'
import { library, libzmq, type Player, play, pyzmq, rateOf } from './zmq.ts'

const SIZE = 100

export const zmqSmall: Bench = {
  name: 'zmq-small',
  summary: 'packets of 100 B with a JSON meta of 60 B over PUSH/PULL and TCP, against libzmq in C and pyzmq with json',
  async cases({ scale }: Settings): Promise<readonly Case[]> {
    const side = (name: string, player: Player, amount: number, reading = 'pull'): Side => ({
      name,
      needs: player.needs,
      run: async () => {
        const task = { size: SIZE, amount: Math.max(5000, Math.round(amount * scale)), hwm: 1000 }
        const { receivers } = await play({ sender: [player, 'push'], receiver: [player, reading] }, task)
        return { value: rateOf(receivers[0] ?? {}) }
      },
    })
    const sides = [
      side('libzmq in C', libzmq, 1_000_000),
      side('pyzmq, json', pyzmq, 150_000),
      side('daqutils, each meta parsed', library, 500_000),
      side('daqutils, no meta parsed', library, 500_000, 'pull-'),
    ]
    const ours = 'daqutils, each meta parsed'
    const bars = [
      { side: ours, factor: 6, than: 'pyzmq, json' },
      { side: ours, factor: 0.5, than: 'libzmq in C' },
    ]
    return [{ title: 'two parts, 60 B and 100 B', unit: 'packets/s', better: 'more', sides, bars }]
  },
}
