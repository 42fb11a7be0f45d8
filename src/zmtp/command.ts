// A command: what peers say to each other besides messages. The body of its frame is a name, then data (RFC 37).

import { Refused } from './mechanism.ts'
import { printable } from './printable.ts'

export interface Command {
  readonly name: string
  /** What follows the name. */
  readonly body: Uint8Array
}

const NOTHING = new Uint8Array(0)
const LONGEST_REASON = 255

export function command(name: string, body: Uint8Array = NOTHING): Command {
  return { name, body }
}

/** The body of a command's frame: the length of the name in one byte, the name, the data. */
export function commandFrameBody({ name, body }: Command): Buffer {
  const bytes = Buffer.allocUnsafe(1 + name.length + body.length)
  bytes[0] = name.length
  bytes.write(name, 1, 'latin1')
  bytes.set(body, 1 + name.length)
  return bytes
}

/** What PLAIN in libzmq 4.3 says for ERROR: its source has \x05ERROR in quotes, in which C takes 05E for one byte. */
const MISSPELLED = Buffer.from('^RROR')

/** Reads the body of a command's frame, without copying; throws Refused. */
export function readCommand(frameBody: Buffer): Command {
  if (frameBody[0] === MISSPELLED[0] && frameBody.subarray(0, MISSPELLED.length).equals(MISSPELLED)) {
    return { name: 'ERROR', body: frameBody.subarray(MISSPELLED.length) }
  }
  const length = frameBody[0] ?? 0
  const name = frameBody.toString('latin1', 1, 1 + length)
  if (name.length < length || !/^[A-Za-z]+$/.test(name)) {
    throw new Refused('a command without a name, expected the length of a name and letters')
  }
  return { name, body: frameBody.subarray(1 + length) }
}

/** Tells the peer why the connection ends: `told` is cut to 255 printable characters. */
export function errorCommand(told: string): Command {
  const reason = Buffer.from(printable(Buffer.from(told), LONGEST_REASON))
  return command('ERROR', Buffer.concat([Uint8Array.of(reason.length), reason]))
}

/** The status codes of ZAP (RFC 27) that a libzmq peer gives as the reason. */
const STATUS: Readonly<Record<string, string>> = {
  300: '300: try again later',
  400: '400: not authenticated',
  500: '500: its authentication is out of order',
}

/** What a peer that sent ERROR has against this side. */
export function refusedByPeer({ body }: Command): Refused {
  const reason = printable(body.subarray(1), body[0] ?? 0)
  return new Refused(`the peer refused: ${STATUS[reason] ?? (reason || 'without a reason')}`, { byPeer: true })
}
