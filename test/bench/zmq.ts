// Two or more programs that talk over ZeroMQ, each end by an implementation of its own choice.

import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { compiled, environment, peerPath, python } from './machine.ts'

export interface Task {
  /** Bytes of a packet's second part; the first is a JSON meta of about 60 bytes. */
  readonly size: number
  /** Packets, round trips, or milliseconds at full speed. */
  readonly amount: number
  /** Packets that a queue may hold; 0 for any number. */
  readonly hwm: number
}

/** One implementation: a program that plays the roles that `peers/zmq.c` describes. */
export interface Player {
  readonly needs: readonly string[]
  words(role: string, ports: Ports, task: Task): readonly string[]
}

/** Where the ends meet; the second is for the way back, where that is a connection of its own. */
export type Ports = readonly [number, number]

const tcp = ([port]: Ports) => `tcp://127.0.0.1:${port}`

function wordsOf({ size, amount, hwm }: Task): readonly string[] {
  return [size, amount, hwm].map(String)
}

function libzmqWith(copy: '0' | '1'): Player {
  return {
    needs: ['cc', 'zmq.h'],
    words: (role, ports, task) => [compiled('zmq', '-lzmq'), role, tcp(ports), ...wordsOf(task), copy],
  }
}

function pyzmqWith(copy: '0' | '1'): Player {
  return {
    needs: ['python3', 'pyzmq'],
    words: (role, ports, task) => [python, peerPath('zmq.py'), role, tcp(ports), ...wordsOf(task), copy],
  }
}

export const libzmq = libzmqWith('1')
export const libzmqZeroCopy = libzmqWith('0')
export const pyzmq = pyzmqWith('1')
export const pyzmqZeroCopy = pyzmqWith('0')

export const plainSocket: Player = {
  needs: ['cc'],
  words: (role, [port], { size, amount }) => [compiled('socket'), role, ...[port, size, amount].map(String)],
}

/** This project's library. */
export const library: Player = {
  needs: ['valkyrie-send'],
  words: (role, ports, task) => [process.execPath, peerPath('zmq.mjs'), role, ...ports.map(String), ...wordsOf(task)],
}

/** What an end has found. */
export type Said = Readonly<Record<string, number>>

export interface Found {
  readonly sender: Said
  readonly receivers: readonly Said[]
}

const PATIENCE_MS = 60_000

export interface Cast {
  readonly sender: readonly [player: Player, role: string]
  readonly receiver: readonly [player: Player, role: string]
  /** How many there are; default 1. */
  readonly receivers?: number
}

/** Starts a sender and its receivers, gives the sender the word when all are connected, and waits for their ends. */
export async function play({ sender, receiver, receivers = 1 }: Cast, task: Task): Promise<Found> {
  const ports: Ports = [await freePort(), await freePort()]
  const start = ([player, role]: Cast['sender']) => new Actor(player.words(role, ports, task))
  const listening = Array.from({ length: receivers }, () => start(receiver))
  const sending = start(sender)
  const all = [sending, ...listening]
  const killAll = () => {
    for (const actor of all) actor.kill()
  }
  const patience = setTimeout(killAll, PATIENCE_MS)
  const failed = Promise.race(all.map(actor => actor.failed))
  try {
    const ends = Promise.all(listening.map(actor => actor.ended))
    await Promise.race([ends, Promise.all(listening.map(actor => actor.connected)), failed])
    sending.go()
    const found = await Promise.race([ends, failed])
    sending.stop()
    return { sender: await Promise.race([sending.ended, failed]), receivers: found }
  } finally {
    clearTimeout(patience)
    killAll()
  }
}

class Actor {
  /** It has heard from the other end. */
  readonly connected: Promise<void>
  /** What it said last. */
  readonly ended: Promise<Said>
  readonly failed: Promise<never>
  readonly #child: ChildProcess

  constructor(words: readonly string[]) {
    const [program = '', ...rest] = words
    const child = spawn(program, rest, { env: environment, stdio: ['pipe', 'pipe', 'pipe'] })
    this.#child = child
    let complaint = ''
    let last = '{}'
    child.stdin.on('error', () => {})
    child.stderr.on('data', bytes => {
      complaint += bytes
    })
    const lines = createInterface({ input: child.stdout })
    this.connected = new Promise(resolve => {
      lines.on('line', line => {
        if (line === 'connected') resolve()
        else last = line
      })
    })
    const code = new Promise<number | null>(resolve => child.on('close', resolve))
    this.ended = code.then(ended => (ended === 0 ? JSON.parse(last) : new Promise(() => {})))
    this.failed = new Promise((_, reject) => {
      child.on('error', reject)
      void code.then(ended => {
        if (ended !== 0) reject(new Error(`${words.join(' ')} ended with ${ended}: ${complaint.trim()}`))
      })
    })
    this.failed.catch(() => {})
  }

  go(): void {
    this.#child.stdin?.write('go\n')
  }

  stop(): void {
    this.#child.stdin?.end()
  }

  kill(): void {
    if (this.#child.exitCode === null) this.#child.kill('SIGKILL')
  }
}

/** One that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  return address !== null && typeof address === 'object' ? address.port : 0
}

/** Packets a second, from the first that came to the last. */
export function rateOf({ received = 0, first = 0, last = 0 }: Said): number {
  return (received - 1) / (last - first)
}
