// Small metas that came together, parsed together: of a meta of 60 bytes, half of the time goes into the call alone.

import { isAscii } from 'node:buffer'
import { randomInt } from 'node:crypto'
import type { Meta } from '../packet.ts'

/** A longer one gains nothing. */
const LONGEST = 256
const MOST = 128
/** Fewer are not worth it. */
const LEAST = 4

/**
 * Stands between two of them, and nobody outside knows it: bytes that are no JSON by themselves, such as `{"a":[{}` and
 * `{}]}`, cannot be taken for others' together.
 */
interface Mark {
  readonly value: number
  readonly between: Buffer
  /** For metas with marks between them; written again by the next. */
  readonly room: Buffer
}

const OPEN = 0x5b
const CLOSE = 0x5d

let made: Mark | undefined

function mark(): Mark {
  if (made) return made
  const value = randomInt(2 ** 29, 2 ** 30)
  const between = Buffer.from(`,${value},`, 'latin1')
  made = { value, between, room: Buffer.alloc(MOST * (LONGEST + between.length) + 2) }
  return made
}

/** They are parsed when the first is asked for: whoever looks into one of them looks into the others, too. */
export class JointMetas {
  #texts: Uint8Array[] | undefined = []
  #metas: readonly unknown[] = []

  get isFull(): boolean {
    return this.#texts?.length === MOST
  }

  /** The bytes of an object, `{` to `}`; gives its number, or -1 where it is to be parsed alone. */
  add(text: Uint8Array): number {
    if (!this.#texts || text.length > LONGEST || text.length === 0) return -1
    return this.#texts.push(text) - 1
  }

  /** Nothing where one of them is no JSON: which one, and what is wrong, is found by parsing each alone. */
  meta(number: number): Meta | undefined {
    const texts = this.#texts
    if (texts) {
      this.#texts = undefined
      if (texts.length >= LEAST) this.#metas = parsed(texts)
    }
    return this.#metas[number * 2] as Meta | undefined
  }
}

/** The metas with marks between them, or nothing. */
function parsed(texts: readonly Uint8Array[]): readonly unknown[] {
  const { value } = mark()
  const bytes = joined(texts)
  try {
    const values: unknown = JSON.parse(bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8'))
    if (!Array.isArray(values) || values.length !== texts.length * 2 - 1) return []
    for (let at = 1; at < values.length; at += 2) if (values[at] !== value) return []
    return values
  } catch {
    return []
  }
}

function joined(texts: readonly Uint8Array[]): Buffer {
  const { room, between } = mark()
  let used = 0
  room[used++] = OPEN
  for (const text of texts) {
    if (used > 1) {
      room.set(between, used)
      used += between.length
    }
    room.set(text, used)
    used += text.length
  }
  room[used++] = CLOSE
  return room.subarray(0, used)
}
