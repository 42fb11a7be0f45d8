// Two ZMTP sessions joined without a socket, and what a session received in a form that can be compared.

import { type Mechanism, Refused } from '../../src/zmtp/mechanism.ts'
import type { SocketType } from '../../src/zmtp/message.ts'
import { NULL } from '../../src/zmtp/null.ts'
import type { Received } from '../../src/zmtp/received.ts'
import { Session } from '../../src/zmtp/session.ts'

export interface End {
  readonly type: SocketType
  readonly mechanism?: Mechanism
  readonly maxMessage?: number
}

export function session({ type, mechanism = NULL, maxMessage = 2 ** 20 }: End): Session {
  return new Session({ type, mechanism, maxMessage, place: `a peer of ${type}` })
}

/** Two sessions after as much of a handshake as they agree on, and what each said until then. */
export function joined(one: End, other: End) {
  const left = session(one)
  const right = session(other)
  const said: { left: Uint8Array[]; right: Uint8Array[] } = { left: [...left.start()], right: [...right.start()] }
  let toRight: readonly Uint8Array[] = said.left
  let toLeft: readonly Uint8Array[] = said.right
  while (toRight.length + toLeft.length > 0) {
    const fromLeft = [...toLeft.flatMap(bytes => left.push(bytes).reply), ...left.farewell()]
    const fromRight = [...toRight.flatMap(bytes => right.push(bytes).reply), ...right.farewell()]
    const isOver = left.push(NOTHING).failure && right.push(NOTHING).failure
    said.left.push(...fromLeft)
    said.right.push(...fromRight)
    toRight = isOver || right.push(NOTHING).failure ? [] : fromLeft
    toLeft = isOver || left.push(NOTHING).failure ? [] : fromRight
  }
  return { left, right, said }
}

const NOTHING = new Uint8Array(0)

/** Everything a session made of chunks, without the cuts. */
export function receiveAll(session: Session, chunks: readonly Uint8Array[]) {
  const all = chunks.map(chunk => session.push(chunk))
  return told(all)
}

export function told(all: readonly Received[]) {
  return {
    messages: all.flatMap(({ messages }) => messages.map(parts => parts.map(hex))),
    subscriptions: all.flatMap(({ subscriptions }) =>
      subscriptions.map(({ subscribe, prefix }) => `${subscribe ? '+' : '-'}${hex(prefix)}`),
    ),
    reply: hex(Buffer.concat(all.flatMap(({ reply }) => reply))),
    pongs: all.flatMap(({ pongs }) => pongs.map(hex)),
    failure: all.at(-1)?.failure?.message,
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')
}

/** Seals by turning every bit, and by a checksum of one byte. */
export const TURNED: Mechanism = {
  name: 'CURVE',
  asServer: false,
  handshake: own => {
    const plain = NULL.handshake(own)
    return {
      begin: () => plain.begin(),
      receive: received => plain.receive(received),
      get peer() {
        return plain.peer
      },
      seal: (flags, body) => Uint8Array.of(flags ^ 0xff, ...body.map(byte => byte ^ 0xff), 0x55),
      open: body => {
        if (body.at(-1) !== 0x55) throw new Refused('a seal that is broken')
        return { flags: (body[0] ?? 0) ^ 0xff, body: body.slice(1, -1).map(byte => byte ^ 0xff) }
      },
    }
  },
}
