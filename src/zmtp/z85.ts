// Z85: bytes as printable text, five characters for four bytes (ZeroMQ RFC 32).

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#'

const DIGITS: ReadonlyMap<string, number> = new Map([...ALPHABET].map((letter, digit) => [letter, digit]))

/** The text of `bytes`, whose length must be a multiple of four. */
export function encodeZ85(bytes: Uint8Array): string {
  if (bytes.length % 4 !== 0) throw new RangeError(`${bytes.length} bytes: expected a multiple of 4`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let text = ''
  for (let at = 0; at < bytes.length; at += 4) {
    const word = view.getUint32(at)
    for (let power = 85 ** 4; power >= 1; power /= 85) text += ALPHABET.charAt(Math.floor(word / power) % 85)
  }
  return text
}

/** The bytes of `text`; undefined where it is not Z85. */
export function decodeZ85(text: string): Uint8Array | undefined {
  if (text.length % 5 !== 0) return undefined
  const bytes = new Uint8Array((text.length / 5) * 4)
  const view = new DataView(bytes.buffer)
  for (let group = 0; group * 5 < text.length; group++) {
    const word = wordOf(text.slice(group * 5, group * 5 + 5))
    if (word === undefined) return undefined
    view.setUint32(group * 4, word)
  }
  return bytes
}

function wordOf(letters: string): number | undefined {
  let word = 0
  for (const letter of letters) {
    const digit = DIGITS.get(letter)
    if (digit === undefined) return undefined
    word = word * 85 + digit
  }
  return word < 2 ** 32 ? word : undefined
}
