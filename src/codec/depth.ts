// How deeply JSON is nested: parsing takes any depth, but printing it again would exhaust the stack.

const DEEPEST = 1000
const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPENING = [0x7b, 0x5b] as const

export const TOO_DEEP = `nested deeper than ${DEEPEST} levels`

/** Whether JSON is nested more deeply than it may be. Costs next to nothing where there are few brackets. */
export function isTooDeep(bytes: Buffer, start: number, end: number): boolean {
  // Every level has two bytes of its own.
  if (end - start <= 2 * DEEPEST) return false
  return OPENING.reduce((sum, bracket) => sum + count(bytes, bracket, start, end), 0) > DEEPEST
    ? depth(bytes, start, end) > DEEPEST
    : false
}

/** Occurrences of a byte, of which no more are counted than matter. */
function count(bytes: Buffer, byte: number, start: number, end: number): number {
  let found = 0
  for (let at = bytes.indexOf(byte, start); at >= 0 && at < end; at = bytes.indexOf(byte, at + 1)) {
    if (++found > DEEPEST) break
  }
  return found
}

function depth(bytes: Buffer, start: number, end: number): number {
  let now = 0
  let most = 0
  let inString = false
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number
    if (inString) {
      if (byte === BACKSLASH) at++
      else if (byte === QUOTE) inString = false
    } else if (byte === QUOTE) inString = true
    // `[` and `{` are 0x5b and 0x7b, `]` and `}` 0x5d and 0x7d: they differ in one bit.
    else if ((byte | 0x20) === 0x7b) most = Math.max(most, ++now)
    else if ((byte | 0x20) === 0x7d) now--
  }
  return most
}
