// What comes after the handshake: parts make messages; commands subscribe, cancel, ask for a sign of life.

import { asBuffer } from '../codec/gather.ts'
import { type Command, command, readCommand, refusedByPeer } from './command.ts'
import { COMMAND, commandFrame, MORE, SEALED_COMMAND } from './frame.ts'
import type { FrameReader } from './frame-reader.ts'
import { type Handshake, Refused } from './mechanism.ts'
import { isPublisher, type SocketType } from './message.ts'
import type { Receiving } from './received.ts'

/** Bytes of a command, and of a message where only subscriptions are expected. */
export const MOST_COMMAND = 65536
const MOST_PARTS = 1024
/** How much longer than a part the body of its sealed frame may be. */
const SEALED_MORE = 64

/** Milliseconds in a unit of a PING's time to live. */
export const TTL_UNIT = 100
export const MOST_CONTEXT = 16

/** The first byte of a message that is a subscription or the end of one, as ZMTP 3.0 has them. */
export const SUBSCRIBES = 1
export const CANCELS = 0

export interface TrafficOptions {
  readonly type: SocketType
  readonly maxMessage: number
  /** Its limits are kept, so that nothing is allocated beyond them. */
  readonly reader: FrameReader
  readonly handshake: Handshake
}

type Open = NonNullable<Handshake['open']>

export class Traffic {
  timeToLive = 0
  ignored = 0
  readonly #type: SocketType
  readonly #isReader: boolean
  readonly #maxMessage: number
  readonly #reader: FrameReader
  readonly #seal: Handshake['seal']
  readonly #open: Open | undefined
  #parts: Uint8Array[] = []
  /** Bytes of the parts so far. */
  #bytes = 0

  constructor({ type, maxMessage, reader, handshake }: TrafficOptions) {
    this.#type = type
    this.#isReader = type === 'SUB' || type === 'XSUB' || type === 'PULL'
    this.#maxMessage = this.#isReader || type === 'XPUB' ? maxMessage : MOST_COMMAND
    this.#reader = reader
    this.#seal = handshake.seal?.bind(handshake)
    this.#open = handshake.open?.bind(handshake)
    reader.commandLimit = MOST_COMMAND
    this.#limit(0)
  }

  /** Takes a frame of the stream; throws Refused. */
  frame(flags: number, body: Buffer, received: Receiving): void {
    if (this.#open) this.#sealed(this.#open, body, received)
    else if ((flags & COMMAND) !== 0) this.#command(readCommand(body), received)
    else this.#part(flags, body, received)
  }

  /** libzmq sends sealed bodies in message frames, the specification has them in commands: both are taken. */
  #sealed(open: Open, frameBody: Buffer, received: Receiving): void {
    const { name, body } = readCommand(frameBody)
    if (name !== 'MESSAGE') throw new Refused(`${name} in the clear, expected a sealed MESSAGE`)
    const { flags, body: opened } = open(body)
    const isCommand = flags === SEALED_COMMAND
    if (flags !== 0 && flags !== MORE && !isCommand) throw new Refused(`a sealed frame with the flags ${flags}`)
    const limit = isCommand ? MOST_COMMAND : this.#maxMessage - this.#bytes
    if (opened.length > limit) throw new Refused(`a sealed frame of ${opened.length} bytes, expected at most ${limit}`)
    if (isCommand) this.#command(readCommand(asBuffer(opened)), received)
    else this.#part(flags, asBuffer(opened), received)
  }

  #part(flags: number, body: Buffer, received: Receiving): void {
    const parts = this.#parts
    parts.push(body)
    if ((flags & MORE) === 0) {
      if (this.#isReader) received.messages.push(parts)
      else this.#fromReader(parts, body, received)
      this.#parts = []
      if (this.#bytes > 0) this.#limit(0)
      return
    }
    if (parts.length >= MOST_PARTS) throw new Refused(`a message of more than ${MOST_PARTS} parts`)
    this.#limit(this.#bytes + body.length)
  }

  /** How long the next part may be, given the bytes of those before it. */
  #limit(bytes: number): void {
    this.#bytes = bytes
    const left = this.#maxMessage - bytes
    if (this.#open) {
      this.#reader.messageLimit = left + SEALED_MORE
      this.#reader.commandLimit = Math.max(MOST_COMMAND, left) + SEALED_MORE
    } else {
      this.#reader.messageLimit = left
    }
  }

  /** A message to a socket that others read from: a subscription, or nothing that was asked for. */
  #fromReader(parts: readonly Uint8Array[], last: Buffer, received: Receiving): void {
    if (parts.length === 1 && isPublisher(this.#type) && (last[0] === SUBSCRIBES || last[0] === CANCELS)) {
      received.subscriptions.push({ subscribe: last[0] === SUBSCRIBES, prefix: last.subarray(1) })
    } else if (this.#type === 'XPUB') {
      received.messages.push(parts)
    } else {
      this.ignored++
    }
  }

  #command({ name, body }: Command, received: Receiving): void {
    if ((name === 'SUBSCRIBE' || name === 'CANCEL') && isPublisher(this.#type)) {
      received.subscriptions.push({ subscribe: name === 'SUBSCRIBE', prefix: body })
    } else if (name === 'PING') {
      this.#ping(body, received)
    } else if (name === 'PONG') {
      received.pongs.push(body)
    } else if (name === 'ERROR') {
      throw refusedByPeer({ name, body })
    } else {
      this.ignored++
    }
  }

  #ping(body: Uint8Array, received: Receiving): void {
    if (body.length < 2) throw new Refused(`a PING of ${body.length} bytes, expected at least 2`)
    this.timeToLive = ((body[0] ?? 0) * 256 + (body[1] ?? 0)) * TTL_UNIT
    received.reply.push(commandFrame(command('PONG', body.subarray(2, 2 + MOST_CONTEXT)), this.#seal))
  }
}
