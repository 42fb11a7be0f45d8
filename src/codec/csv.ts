// CSV (RFC 4180): a header, then a row for each packet. Read with csv-parse.

import { isUtf8 } from 'node:buffer'
import { DataError } from '../errors.ts'
import type { Batch, Packet } from '../packet.ts'
import type { Reject } from '../stream/reject.ts'
import type { Decoder, Encoder } from '../stream/step.ts'
import { ByteWriter } from './byte-writer.ts'
import { type Codec, type DecodeOptions, type EncodeOptions, MAX_PACKET } from './codec.ts'
import { jsonOfCell, textsOf } from './csv-cell.ts'
import { type Cell, cellsOf } from './csv-read.ts'
import { CsvRowEncoder, csvColumns, csvHeader } from './csv-rows.ts'
import { CsvSplitter, isBlank, linesIn, type RecordSpan } from './csv-split.ts'
import { asBuffer, Gather, REJECT_BYTES } from './gather.ts'
import { Line } from './line.ts'
import { readMeta } from './unreadable.ts'

const CR = 0x0d
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf])

export const csv: Codec = {
  name: 'csv',
  summary: 'a header, then a row for each packet; a packet with a key that has no column is rejected',
  example: 'timestamp,name,value',
  endings: ['.csv'],
  decoder: options => new CsvDecoder(options),
  encoder: options => csvEncoder(options),
}

/** The header that is there fixes the columns, or the first packet does. */
function csvEncoder({ reject, begun }: EncodeOptions): Encoder {
  const header =
    begun &&
    Buffer.from(begun)
      .toString()
      .replace(/^\uFEFF/, '')
  let rows = header === undefined ? undefined : new CsvRowEncoder(textsOf(header), reject)

  function begin(packet: Packet, writer: ByteWriter): CsvRowEncoder | undefined {
    const meta = readMeta(packet, reject)
    if (!meta) return undefined
    const columns = csvColumns(packet)
    if (columns.length === 0) {
      const bytes = Buffer.from(JSON.stringify(meta))
      reject({ place: { source: 'output' }, reason: 'no such column', detail: 'no header has been written yet', bytes })
      return undefined
    }
    writer.text(csvHeader(columns))
    return new CsvRowEncoder(columns, reject)
  }

  return {
    push(batch) {
      const writer = new ByteWriter()
      for (const packet of batch) {
        rows ??= begin(packet, writer)
        rows?.row(packet, writer)
      }
      return writer.used > 0 ? [writer.finish()] : []
    },
  }
}

/** Rows become lines of JSON with the numbers as they are spelled, so that they can be written back byte for byte. */
class CsvDecoder implements Decoder {
  readonly #options: DecodeOptions
  readonly #maxPacket: number
  readonly #splitter = new CsvSplitter()
  /** The start of a record whose end has not come yet. */
  readonly #held = new Gather()
  /** The JSON text before the value of each column, as Latin-1. */
  #keys: readonly string[] | undefined
  /** Bytes and lines of the source before the record that is held or comes next. */
  #offset = 0
  #line = 1
  /** The rest of a record that was too long is being passed over. */
  #skipping = false

  constructor(options: DecodeOptions) {
    this.#options = options
    this.#maxPacket = options.maxPacket ?? MAX_PACKET
  }

  push(input: Uint8Array): Batch {
    const rows: Packet[] = []
    const chunk = asBuffer(input)
    let from = 0
    if (this.#held.length > 0 || this.#skipping) {
      const end = this.#splitter.next(chunk, 0)
      this.#hold(end < 0 ? chunk : chunk.subarray(0, end))
      if (end < 0) return rows
      this.#endHeld(rows)
      from = end
    }
    this.#whole(chunk, from, rows)
    return rows
  }

  end(): Batch {
    const rows: Packet[] = []
    if (this.#held.length > 0 && this.#splitter.quoted) {
      const bytes = this.#held.take()
      const record = { start: 0, end: bytes.length, line: this.#line }
      this.#refuse(bytes, record, { reason: 'truncated', detail: 'the input ends within a quoted cell' })
    } else {
      this.#endHeld(rows)
    }
    return rows
  }

  /** Holds a piece of an unfinished record, or gives it up once it is too long. */
  #hold(bytes: Buffer): void {
    if (this.#skipping) {
      this.#pass(bytes)
      return
    }
    this.#held.add(bytes)
    if (this.#held.length <= this.#maxPacket) return
    this.#skipping = true
    const start = this.#held.take()
    this.#records(start, [{ start: 0, end: start.length, line: this.#line }], [])
    this.#pass(start)
  }

  #pass(bytes: Buffer): void {
    this.#offset += bytes.length
    this.#line += linesIn(bytes, 0, bytes.length)
  }

  #endHeld(rows: Packet[]): void {
    this.#skipping = false
    if (this.#held.length === 0) return
    const bytes = this.#held.take()
    // A last record may end in half a line ending.
    const end = bytes.at(-1) === CR ? bytes.length - 1 : bytes.length
    this.#records(bytes, [{ start: 0, end, line: this.#line }], rows)
    this.#pass(bytes)
  }

  #whole(chunk: Buffer, from: number, rows: Packet[]): void {
    const records: RecordSpan[] = []
    let start = from
    let line = this.#line
    for (let end = this.#splitter.next(chunk, start); end >= 0; end = this.#splitter.next(chunk, start)) {
      records.push({ start, end, line })
      line += linesIn(chunk.subarray(start, end), 0, end - start)
      start = end
    }
    this.#offset -= from
    this.#records(chunk, records, rows)
    this.#offset += start
    this.#line = line
    if (start < chunk.length) this.#hold(chunk.subarray(start))
  }

  /** Reads records of one buffer whose first byte is at the decoder's offset. */
  #records(buffer: Buffer, all: readonly RecordSpan[], rows: Packet[]): void {
    const records = all.filter(record => !isBlank(buffer, record)).map(record => withoutMark(buffer, record))
    const faults = records.map(record => this.#fault(buffer, record))
    const good = records.filter((_, index) => faults[index] === undefined)
    const cells = cellsOf(buffer, good).values()
    const texts: string[] = []
    const spans: RecordSpan[] = []
    for (const [index, record] of records.entries()) {
      const fault = faults[index]
      const row = fault ? undefined : cells.next().value
      if (!row) this.#refuse(buffer, record, fault ?? { reason: 'invalid CSV' })
      else if (!this.#keys) this.#keys = this.#header(row, record)
      else if (row.length !== this.#keys.length) {
        const detail = `${row.length}, expected ${this.#keys.length}`
        this.#refuse(buffer, record, { reason: 'wrong number of cells', detail })
      } else {
        texts.push(lineText(this.#keys, row))
        spans.push(record)
      }
    }
    this.#addRows(texts, spans, rows)
  }

  /** Adds a line for each text, which knows the place of its record. */
  #addRows(texts: readonly string[], spans: readonly RecordSpan[], rows: Packet[]): void {
    const json = Buffer.from(texts.join(''), 'latin1')
    const { source } = this.#options
    let start = 0
    for (const [index, { start: recordStart, line }] of spans.entries()) {
      const end = start + (texts[index]?.length ?? 0)
      const origin = { source, offset: this.#offset + recordStart - start, line: line - index }
      rows.push(new Line(json, start, end - 1, origin))
      start = end
    }
  }

  #fault(buffer: Buffer, { start, end }: RecordSpan): Fault | undefined {
    if (end - start > this.#maxPacket) return { reason: 'too long', detail: `longer than ${this.#maxPacket} bytes` }
    return isUtf8(buffer.subarray(start, end)) ? undefined : { reason: 'invalid UTF-8' }
  }

  /** Rejects a record; throws where it is the header, without which nothing can be read. */
  #refuse(buffer: Buffer, { start, end, line }: RecordSpan, fault: Fault): void {
    const place = { source: this.#options.source, line, offset: this.#offset + start }
    if (!this.#keys) throw new DataError(place, `the header cannot be read: ${fault.detail ?? fault.reason}`)
    const kept = Math.min(end, start + REJECT_BYTES, start + this.#maxPacket)
    this.#options.reject({ place, ...fault, bytes: buffer.subarray(start, kept) })
  }

  #header(row: readonly Cell[], { start, line }: RecordSpan): readonly string[] {
    const place = { source: this.#options.source, line, offset: this.#offset + start }
    const names = row.map(({ text }) => text)
    if (names.includes('')) throw new DataError(place, 'the header has a column without a name')
    const twice = names.find((name, index) => names.indexOf(name) !== index)
    if (twice !== undefined) {
      const name = Buffer.from(twice, 'latin1').toString()
      throw new DataError(place, `the header has the column '${name}' twice`)
    }
    return names.map((name, index) => `${index === 0 ? '{' : ','}${JSON.stringify(name)}:`)
  }
}

type Fault = Pick<Reject, 'reason' | 'detail'>

function withoutMark(buffer: Buffer, record: RecordSpan): RecordSpan {
  const { start } = record
  const marked = BYTE_ORDER_MARK.equals(buffer.subarray(start, start + BYTE_ORDER_MARK.length))
  return marked && record.line === 1 ? { ...record, start: start + BYTE_ORDER_MARK.length } : record
}

/** A line of JSON with its newline. */
function lineText(keys: readonly string[], row: readonly Cell[]): string {
  let text = ''
  for (let index = 0; index < row.length; index++) {
    const { text: cell, quoted } = row[index] as Cell
    text += keys[index] + jsonOfCell(cell, { quoted })
  }
  return `${text}}\n`
}
