// The 24 bytes that begin a frame: written, read and checked. Little-endian; the layout is in packet(5).

export const MAGIC = Buffer.from([0xf7, 0x44, 0x41, 0x51])
export const HEADER = 24
const VERSION = 1
const CRC_FLAG = 1

export interface Header {
  readonly metaLength: number
  readonly dataLength: number
  /** CRC-32 of meta then data; nothing where the frame has none. */
  readonly crc: number | undefined
}

/** Lengths are in bytes; the length of the meta includes its padding. */
export function writeHeader(into: Buffer, at: number, { metaLength, dataLength, crc }: Header): void {
  // Bytes one by one, because Buffer's methods check their arguments each time.
  into[at] = 0xf7
  into[at + 1] = 0x44
  into[at + 2] = 0x41
  into[at + 3] = 0x51
  into[at + 4] = VERSION
  into[at + 5] = crc === undefined ? 0 : CRC_FLAG
  into[at + 6] = HEADER
  into[at + 7] = 0
  writeU32(into, at + 8, metaLength)
  writeU32(into, at + 12, crc ?? 0)
  writeU32(into, at + 16, dataLength % 2 ** 32)
  writeU32(into, at + 20, Math.floor(dataLength / 2 ** 32))
}

function writeU32(into: Buffer, at: number, value: number): void {
  into[at] = value
  into[at + 1] = value >>> 8
  into[at + 2] = value >>> 16
  into[at + 3] = value >>> 24
}

export interface ReadHeader extends Header {
  /** Bytes from the frame's first to the meta's first. */
  readonly headerLength: number
  /** Bytes of the whole frame. */
  readonly length: number
}

/** Why a header cannot be one; `detail` says what was found and what was expected. */
export interface BadHeader {
  readonly reason: 'bad version' | 'bad length'
  readonly detail: string
}

/** Reads the header at `at`, where the magic and HEADER bytes are known to be. */
export function readHeader(from: Buffer, at: number, maxPacket: number): ReadHeader | BadHeader {
  const version = from[at + 4]
  if (version !== VERSION) return { reason: 'bad version', detail: `version ${version}, expected ${VERSION}` }
  const headerLength = from.readUInt16LE(at + 6)
  if (headerLength < HEADER) {
    return { reason: 'bad length', detail: `a header of ${headerLength} bytes, expected at least ${HEADER}` }
  }
  const metaLength = from.readUInt32LE(at + 8)
  const dataLength = from.readUInt32LE(at + 20) * 2 ** 32 + from.readUInt32LE(at + 16)
  const length = headerLength + metaLength + dataLength
  if (length > maxPacket) {
    return { reason: 'bad length', detail: `a frame of ${length} bytes, expected at most ${maxPacket}` }
  }
  const crc = ((from[at + 5] ?? 0) & CRC_FLAG) === 0 ? undefined : from.readUInt32LE(at + 12)
  return { headerLength, metaLength, dataLength, crc, length }
}
