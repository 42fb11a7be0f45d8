// Packets as the answers to GETs: encoded once for all readers that are answered the same.

import type { ServerResponse } from 'node:http'
import { type Gap, gapPacket } from '../../packet.ts'
import type { StageCount } from '../../stream/ledger.ts'
import type { Encode } from '../carrier.ts'
import type { History, Part } from './history.ts'
import type { Portion } from './reader.ts'
import { contentType, HEADER, metaHeader } from './wording.ts'

export interface Standing {
  readonly response: ServerResponse
  /** What the reader is to ask for next. */
  readonly next: number
  /** Nothing comes behind it. */
  readonly isLast: boolean
}

interface Body {
  readonly format: string
  readonly chunks: readonly Uint8Array[]
}

export class Answers {
  readonly #encode: Encode
  readonly #count: StageCount
  readonly #history: History
  readonly #stream: string

  constructor(stream: string, history: History, encode: Encode, count: StageCount) {
    this.#stream = stream
    this.#history = history
    this.#encode = encode
    this.#count = count
  }

  /** There is nothing. */
  sendNothing(standing: Standing): void {
    standing.response.writeHead(204, this.#headers(standing)).end()
  }

  /** The packets, behind the record of what is missing before them. */
  send(standing: Standing, { answer, gap, first, parts }: Portion, format: string | undefined): void {
    const [lead] = parts
    if (!lead && !gap) {
      this.sendNothing(standing)
      return
    }
    for (const { count } of parts) this.#count.out += count
    const headers = {
      ...this.#headers(standing),
      [HEADER.from]: first,
      [HEADER.answer]: answer,
      [HEADER.packet]: lead?.type ?? 'gap',
      ...(gap && { [HEADER.lost]: gap.lost }),
    }
    const only = format === 'packet' ? (lead?.packets[0] ?? (gap && gapPacket(gap))) : undefined
    const body = only ? { format: 'raw', chunks: [only.data] } : this.#body(gap, parts, format)
    const length = body.chunks.reduce((sum, { length }) => sum + length, 0)
    this.#count.bytes += length
    const meta = only && metaHeader(only)
    const more = {
      'content-type': contentType(body.format),
      'content-length': length,
      ...(meta !== undefined && { [HEADER.meta]: meta }),
    }
    sendAll(standing.response.writeHead(200, { ...headers, ...more }), body.chunks)
  }

  #headers({ next, isLast }: Standing) {
    return {
      'cache-control': 'no-store',
      [HEADER.stream]: this.#stream,
      [HEADER.next]: next,
      ...(isLast && { [HEADER.end]: 1 }),
    }
  }

  /** As it is encoded already, where that is what is wanted; else with a beginning and an end of its own. */
  #body(gap: Gap | undefined, parts: readonly Part[], wanted: string | undefined): Body {
    const lead = gap ? [gapPacket(gap)] : []
    const { format } = this.#history
    if (format !== undefined && (wanted ?? format) === format) {
      const { encoder } = this.#encode(lead, undefined, format)
      // The packets are asked for only where they are needed: they are decoded then.
      const chunks = parts.flatMap(part => part.chunks ?? encoder.push(part.packets))
      return { format, chunks: gap ? [...encoder.push(lead), ...chunks] : chunks }
    }
    const packets = parts.flatMap(({ packets }) => packets)
    const { encoder, format: chosen } = this.#encode(packets.length > 0 ? packets : lead, undefined, wanted)
    return { format: chosen, chunks: [...encoder.push([...lead, ...packets]), ...(encoder.end?.() ?? [])] }
  }
}

function sendAll(response: ServerResponse, chunks: readonly Uint8Array[]): void {
  response.cork()
  for (const chunk of chunks) response.write(chunk)
  response.uncork()
  response.end()
}
