// Addresses and patterns of AMQP 0-9-1 as RabbitMQ understands them: words between dots, `*` for one, `#` for any number.

/** UTF-8 bytes of an address or a pattern: the short string of AMQP 0-9-1. */
export const LONGEST_ADDRESS = 255

export const ONE_WORD = '*'
export const ANY_WORDS = '#'

/** The words of an address: none of the empty text, and else one more than there are dots, empty words included. */
export function wordsOf(address: string): readonly string[] {
  return address === '' ? [] : address.split('.')
}

/** Whether a word of it is `*` or `#`. As a part of a word they mean themselves. */
export function isPattern(address: string): boolean {
  if (!address.includes(ONE_WORD) && !address.includes(ANY_WORDS)) return false
  return wordsOf(address).some(word => word === ONE_WORD || word === ANY_WORDS)
}

/** Why the text can be neither an address nor a pattern; nothing if it can. */
export function addressFault(address: string): string | undefined {
  // A UTF-16 code unit makes three bytes at most.
  if (address.length * 3 <= LONGEST_ADDRESS) return undefined
  const bytes = Buffer.byteLength(address)
  return bytes > LONGEST_ADDRESS ? `an address of ${bytes} bytes: expected at most ${LONGEST_ADDRESS}` : undefined
}

/** Whether an address (its words) is one that a pattern (its words) stands for. */
export function covers(pattern: readonly string[], address: readonly string[]): boolean {
  let at = 0
  let word = 0
  /** The last `#` and where the words after it were tried first: all that has to be tried again. */
  let hash = -1
  let retry = 0
  while (word < address.length) {
    const expected = pattern[at]
    if (expected === ANY_WORDS) {
      hash = at++
      retry = word
    } else if (expected !== undefined && (expected === ONE_WORD || expected === address[word])) {
      at++
      word++
    } else if (hash >= 0) {
      at = hash + 1
      word = ++retry
    } else return false
  }
  while (pattern[at] === ANY_WORDS) at++
  return at === pattern.length
}
