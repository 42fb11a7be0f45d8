// Packets of 1 MiB from one process to another.

import { frameFile } from './frames.ts'
import { type Bench, type Case, type Settings, type Side, timed } from './harness.ts'
import { ours } from './machine.ts'
import {
  freePort,
  library,
  libzmq,
  libzmqZeroCopy,
  type Player,
  plainSocket,
  play,
  pyzmq,
  pyzmqZeroCopy,
  rateOf,
} from './zmq.ts'

const SIZE = 1 << 20

export const zmqLarge: Bench = {
  name: 'zmq-large',
  summary: 'packets of 1 MiB in two parts over PUSH/PULL and TCP on loopback, against libzmq in C and pyzmq',
  async cases({ scale }: Settings): Promise<readonly Case[]> {
    const task = { size: SIZE, amount: Math.max(50, Math.round(2000 * scale)), hwm: 16 }
    const side = (name: string, sender: Player, receiver: Player): Side => ({
      name,
      needs: [...sender.needs, ...receiver.needs],
      run: async () => {
        const { receivers } = await play({ sender: [sender, 'push'], receiver: [receiver, 'pull'] }, task)
        return { value: (rateOf(receivers[0] ?? {}) * SIZE) / 1e6 }
      },
    })
    const limit = side('libzmq in C, zero copy', libzmqZeroCopy, libzmqZeroCopy)
    const sides = [
      side('plain socket in C', plainSocket, plainSocket),
      limit,
      side('libzmq in C, copying', libzmq, libzmq),
      side('pyzmq', pyzmq, pyzmq),
      side('pyzmq, copy=False', pyzmqZeroCopy, pyzmqZeroCopy),
      side('daqutils', library, library),
      side('daqutils to libzmq', library, libzmqZeroCopy),
      side('libzmq to daqutils', libzmqZeroCopy, library),
    ]
    const bars = [{ side: 'daqutils', factor: 0.9, than: limit.name }]
    const shared = { unit: 'MB/s', better: 'more' } as const
    const commandBars = [{ side: commands(scale).name, factor: 0.6, than: limit.name }]
    return [
      { title: 'library to library', ...shared, sides, bars },
      { title: 'command to command', ...shared, sides: [limit, commands(scale)], bars: commandBars },
    ]
  },
}

/** From pipe to pipe, with the start of both commands. */
function commands(scale: number): Side {
  const each = 256
  const times = Math.max(1, Math.round(16 * scale))
  const count = each * times
  return {
    name: '… | valkyrie-send, valkyrie-recv | …',
    needs: ['valkyrie-send', 'valkyrie-recv', 'python3'],
    run: async () => {
      const link = `-q --class zmq_pushpull -e tcp://127.0.0.1:${await freePort()}`
      const input = `cat ${new Array(times).fill(frameFile(each)).join(' ')}`
      const sender = ours('valkyrie-send', `${link} --policy block`)
      const reader = ours('valkyrie-recv', `${link} --to frame -n ${count}`)
      return timed(`${input} | ${sender} & ${reader} | cat >/dev/null && wait $!`, (count * SIZE) / 1e6)
    },
  }
}
