// Packets as the answers to GETs: encoded once for all readers that are answered the same.

import type { ServerResponse } from 'node:http'
import { type Batch, gapPacket } from '../../packet.ts'
import type { StageCount } from '../../stream/ledger.ts'
import type { Encode } from '../carrier.ts'
import type { Portion } from './reader.ts'
import { contentType, HEADER, metaHeader, packetType, RAW_TYPE } from './wording.ts'

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
  readonly bytes: number
}

export class Answers {
  readonly #encode: Encode
  readonly #count: StageCount
  readonly #stream: string
  /** The latest body of each format. */
  readonly #bodies = new Map<string, Body & { readonly key: string }>()

  constructor(stream: string, encode: Encode, count: StageCount) {
    this.#stream = stream
    this.#encode = encode
    this.#count = count
  }

  /** There is nothing. */
  sendNothing(standing: Standing): void {
    standing.response.writeHead(204, this.#headers(standing)).end()
  }

  /** The packets, behind the record of what is missing before them. */
  send(standing: Standing, portion: Portion, format: string | undefined): void {
    const { answer, gap, first, packets } = portion
    const lead = packets[0] ?? (gap && gapPacket(gap))
    if (!lead) {
      this.sendNothing(standing)
      return
    }
    this.#count.out += packets.length
    const headers = {
      ...this.#headers(standing),
      [HEADER.from]: first,
      [HEADER.answer]: answer,
      [HEADER.packet]: packetType(lead.meta),
      ...(gap && { [HEADER.lost]: gap.lost }),
    }
    if (format === 'packet') {
      const meta = metaHeader(lead)
      const { data } = lead
      const more = { 'content-type': RAW_TYPE, 'content-length': data.length, ...(meta && { [HEADER.meta]: meta }) }
      standing.response.writeHead(200, { ...headers, ...more }).end(data)
      this.#count.bytes += data.length
      return
    }
    const body = gap
      ? this.#encoded([gapPacket(gap), ...packets], lead === packets[0] ? packets : [lead], format)
      : this.#encodedOnce(first, packets, format)
    this.#count.bytes += body.bytes
    const more = { 'content-type': contentType(body.format), 'content-length': body.bytes }
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

  #encodedOnce(first: number, packets: Batch, format = ''): Body {
    const key = `${first} ${packets.length}`
    const known = this.#bodies.get(format)
    if (known?.key === key) return known
    const body = this.#encoded(packets, packets, format || undefined)
    this.#bodies.set(format, { ...body, key })
    return body
  }

  /** Each body stands for itself: it has its own beginning and end. `sample` tells the format where none is asked for. */
  #encoded(batch: Batch, sample: Batch, wanted: string | undefined): Body {
    const { encoder, format } = this.#encode(sample, undefined, wanted)
    const chunks = [...encoder.push(batch), ...(encoder.end?.() ?? [])]
    return { format, chunks, bytes: chunks.reduce((sum, { length }) => sum + length, 0) }
  }
}

function sendAll(response: ServerResponse, chunks: readonly Uint8Array[]): void {
  response.cork()
  for (const chunk of chunks) response.write(chunk)
  response.uncork()
  response.end()
}
