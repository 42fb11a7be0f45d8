// The codecs, in the order of the manual.

import { UsageError } from '../errors.ts'
import type { Codec } from './codec.ts'
import { ndjson } from './ndjson.ts'

export const CODECS: readonly Codec[] = [ndjson]

export function codecNamed(name: string): Codec {
  const codec = CODECS.find(codec => codec.name === name)
  if (!codec) throw new UsageError(`'${name}' is no format (known: ${CODECS.map(codec => codec.name).join(', ')})`)
  return codec
}

export function codecForPath(path: string): Codec | undefined {
  return CODECS.find(codec => codec.endings.some(ending => path.endsWith(ending)))
}

export function detectCodec(_firstByte: number): Codec {
  return ndjson
}
