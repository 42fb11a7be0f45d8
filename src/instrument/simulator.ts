// An instrument for tests: answers SCPI on one port, sends VRT on another.

import type { Socket } from 'node:net'
import { listen, type Peer } from '../carrier/listen.ts'
import { hangUp } from '../carrier/socket.ts'
import { parseEndpoint } from '../url.ts'
import { Outflow, type OutflowOptions } from './outflow.ts'
import type { Signal } from './signal.ts'
import { Transmitter } from './simulated-capture.ts'
import { execute } from './simulated-commands.ts'
import { SimulatedReceiver } from './simulated-receiver.ts'

export interface SimulatorOptions extends OutflowOptions {
  readonly host: string
  /** 0: the system chooses, and `warn` tells. */
  readonly controlPort: number
  readonly dataPort: number
  readonly signal: Signal
  readonly warn: (message: string) => void
}

export interface Simulator {
  readonly controlPort: number
  readonly dataPort: number
  readonly receiver: SimulatedReceiver
  close(): Promise<void>
}

export async function openSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { host, controlPort, dataPort, signal, warn, explain } = options
  const outflow = new Outflow(options)
  const receiver = new SimulatedReceiver(signal, outflow)
  outflow.use(new Transmitter(receiver))
  const controls = new Set<Socket>()
  const open = (scheme: string, port: number, onPeer: (peer: Peer) => void) => {
    const endpoint = parseEndpoint(`${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`)
    return listen(endpoint, { name: endpoint.text, options: { host, port } }, { warn }, onPeer)
  }
  const control = await open('scpi', controlPort, ({ name, socket }) => {
    explain(`${name} has come to give orders`)
    controls.add(socket)
    socket.once('close', () => controls.delete(socket))
    serve(socket, line => execute(receiver, line))
  })
  const data = await open('vrt', dataPort, ({ name, socket }) => {
    explain(`${name} has come to read`)
    outflow.join(socket)
  }).catch(error => {
    control.close()
    throw error
  })
  return {
    controlPort: control.port ?? controlPort,
    dataPort: data.port ?? dataPort,
    receiver,
    async close() {
      control.close()
      data.close()
      outflow.stop()
      await Promise.all([...controls, ...outflow.sockets].map(hangUp))
    },
  }
}

/** Longer lines are no commands, and whoever sends one is not listened to any longer. */
const LONGEST_LINE = 65536

function serve(socket: Socket, answersTo: (line: string) => readonly string[]): void {
  let held = ''
  socket.setEncoding('utf8')
  socket.on('error', () => socket.destroy())
  socket.on('data', (text: string) => {
    const lines = (held + text).split('\n')
    held = lines.pop() ?? ''
    for (const line of lines) for (const answer of answersTo(line)) socket.write(`${answer}\n`)
    if (held.length > LONGEST_LINE) socket.destroy()
  })
}
