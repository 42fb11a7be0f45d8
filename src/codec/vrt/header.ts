// The first words of a VRT packet (ANSI/VITA 49.0, section 6): what a header says, and whether it can be one.

/** A word of VRT in bytes. All words are big-endian. */
export const WORD = 4
/** The most words that a packet can have, header and trailer included. */
export const MOST_WORDS = 65535

export const TYPE = {
  data: 0,
  dataWithStream: 1,
  extensionData: 2,
  extensionDataWithStream: 3,
  context: 4,
  extensionContext: 5,
} as const

/** The last type that VITA 49.0 defines. */
const LAST_TYPE = TYPE.extensionContext

export const CLASS_BIT = 0x0800_0000
/** In data packets: the last word is a trailer. */
export const TRAILER_BIT = 0x0400_0000
/** In context packets: the timestamp is only as fine as the data packets it belongs to. */
export const MODE_BIT = 0x0100_0000

export const typeOf = (word: number) => word >>> 28
export const wordsOf = (word: number) => word & 0xffff
export const countOf = (word: number) => (word >>> 16) & 15
export const secondsKindOf = (word: number) => (word >>> 22) & 3
export const fractionKindOf = (word: number) => (word >>> 20) & 3

/** Types that VITA 49.2 has added, and nobody here understands: their sizes can be trusted. */
export const isCommandType = (type: number) => type === 6 || type === 7
export const isContextType = (type: number) => type >= TYPE.context
export const hasStream = (type: number) => type !== TYPE.data && type !== TYPE.extensionData
export const hasTrailer = (word: number) => !isContextType(typeOf(word)) && (word & TRAILER_BIT) !== 0

/** Words of header, stream, class and timestamp. */
export function prologueWords(word: number): number {
  return (
    1 +
    (hasStream(typeOf(word)) ? 1 : 0) +
    ((word & CLASS_BIT) === 0 ? 0 : 2) +
    (secondsKindOf(word) === 0 ? 0 : 1) +
    (fractionKindOf(word) === 0 ? 0 : 2)
  )
}

/** Why a word is no header of a packet that VITA 49.0 defines; nothing if it may be one. */
export function headerFault(word: number): string | undefined {
  const type = typeOf(word)
  if (type > LAST_TYPE) return `type ${type}, expected 0 to ${LAST_TYPE}`
  const least = prologueWords(word) + (hasTrailer(word) ? 1 : 0)
  if (wordsOf(word) < least) return `a size of ${wordsOf(word)} words, expected at least ${least}`
  return undefined
}

const DATA_RESERVED = 0x0300_0000
const CONTEXT_RESERVED = 0x0600_0000

export const reservedBits = (type: number) => (isContextType(type) ? CONTEXT_RESERVED : DATA_RESERVED)

/** Reserved bits are zero, too: asked where a packet's beginning has to be found in the midst of other bytes. */
export function isLikelyHeader(word: number): boolean {
  return (
    (word & reservedBits(typeOf(word))) === 0 && wordsOf(word) > prologueWords(word) && headerFault(word) === undefined
  )
}

/** `0x90000003`: how words are written where they are names. */
export function wordText(word: number): string {
  return `0x${(word >>> 0).toString(16).padStart(8, '0')}`
}
