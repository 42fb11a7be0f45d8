// What travels over ZMTP: messages of parts, between sockets of types that go together.

/** The parts in order, at least one. */
export type Message = readonly Uint8Array[]

export type SocketType = 'PUB' | 'SUB' | 'XPUB' | 'XSUB' | 'PUSH' | 'PULL'

/** By this side's type, the peers it talks to (RFC 37, "The Socket-Type Property"). */
const PARTNERS: Readonly<Record<SocketType, readonly SocketType[]>> = {
  PUB: ['SUB', 'XSUB'],
  XPUB: ['SUB', 'XSUB'],
  SUB: ['PUB', 'XPUB'],
  XSUB: ['PUB', 'XPUB'],
  PUSH: ['PULL'],
  PULL: ['PUSH'],
}

/** The types whose sockets may be connected to one of the type given. */
export function partnersOf(type: SocketType): readonly SocketType[] {
  return PARTNERS[type]
}

/** Whether a socket of the type has subscribers. */
export function isPublisher(type: SocketType): boolean {
  return type === 'PUB' || type === 'XPUB'
}
