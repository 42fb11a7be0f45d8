// csv: a row for each packet under one header, appended to across restarts.

import { csvFormat } from '../carrier/record-format.ts'
import { ByteWriter } from '../codec/byte-writer.ts'
import { csv as csvCodec } from '../codec/csv.ts'
import { textsOf } from '../codec/csv-cell.ts'
import { CSV_EXTRA_COLUMN, CsvRowEncoder, csvColumns, csvHeader } from '../codec/csv-rows.ts'
import { CsvSplitter } from '../codec/csv-split.ts'
import { readMeta } from '../codec/unreadable.ts'
import { CarrierError } from '../errors.ts'
import type { Batch, Json, JsonObject, Packet } from '../packet.ts'
import type { Rejecter } from '../stream/reject.ts'
import type { Decoder } from '../stream/step.ts'
import { checkParams, type Endpoint, flagParam } from '../url.ts'
import { columnsParam } from './columns.ts'
import type { FileRecords } from './file-records.ts'
import { FileStore } from './file-store.ts'
import { readSeries } from './read-series.ts'
import type { RecordFile } from './record-file.ts'
import type { StoreContext, StoreKind } from './store.ts'

const PARAMS = [
  { name: 'columns', argument: 'KEYS', summary: 'these columns (default: the keys of the first packet)' },
  { name: 'extra', summary: 'a last column that holds all other keys as one JSON object' },
] as const

export const csv: StoreKind = {
  scheme: 'csv',
  summary: 'a CSV file with one header; a packet with a key that has no column is rejected',
  example: 'csv:log.csv?columns=timestamp,id,name,value&extra',
  params: PARAMS,
  async open(endpoint, context) {
    checkCsvParams(endpoint)
    return new FileStore({
      name: endpoint.text,
      pattern: endpoint.rest,
      look: path => `column -t -s, ${path}`,
      context,
      records: storeContext => new CsvRecords(endpoint, storeContext),
    })
  },
  read(endpoint, options) {
    checkCsvParams(endpoint)
    const decoder = (source: string) => rowDecoder(source, options.reject)
    return readSeries({ ...options, pattern: endpoint.rest, format: csvFormat, decoder })
  },
}

function checkCsvParams(endpoint: Endpoint): void {
  checkParams(
    endpoint,
    PARAMS.map(({ name }) => name),
  )
}

class CsvRecords implements FileRecords {
  readonly format = csvFormat
  readonly encoder: FileRecords['encoder']
  readonly #name: string
  readonly #asked: readonly string[] | undefined
  readonly #extra: boolean
  readonly #reject: Rejecter
  #columns: readonly string[] | undefined
  #rows: CsvRowEncoder | undefined

  constructor(endpoint: Endpoint, { reject }: StoreContext) {
    this.#name = endpoint.text
    this.#reject = reject
    this.#extra = flagParam(endpoint, 'extra')
    const asked = columnsParam(endpoint)
    this.#asked = asked && this.#withExtra(asked)
    if (this.#asked) this.#setColumns(this.#asked)
    this.encoder = { push: batch => this.#encode(batch) }
  }

  header(): Uint8Array {
    return Buffer.from(this.#columns ? csvHeader(this.#columns) : '')
  }

  /** The header that is there decides, and must not contradict what was asked for. */
  resume(file: RecordFile): void {
    const columns = headerOf(file)
    const asked = this.#asked
    if (asked && asked.join('\n') !== columns.join('\n')) {
      throw new CarrierError(this.#name, `the file has the columns ${columns.join(',')}: expected ${asked.join(',')}`)
    }
    if (this.#extra && !columns.includes(CSV_EXTRA_COLUMN)) {
      const reason = `the file has the columns ${columns.join(',')}: expected '${CSV_EXTRA_COLUMN}', too`
      throw new CarrierError(this.#name, reason)
    }
    this.#setColumns(columns)
  }

  ids(file: RecordFile, position: number): readonly string[] {
    const column = headerOf(file).indexOf('id')
    if (column < 0) return []
    const window = file.window()
    const bytes = window.read(position, window.size - position)
    const ids: string[] = []
    const splitter = new CsvSplitter()
    for (let from = 0, to = splitter.next(bytes, 0); to >= 0; from = to, to = splitter.next(bytes, from)) {
      const id = textsOf(bytes.toString('utf8', from, to))[column]
      if (id && from + position > 0) ids.push(id)
    }
    return ids
  }

  #encode(batch: Batch): readonly Uint8Array[] {
    const writer = new ByteWriter()
    for (const packet of batch) {
      const rows = this.#rows ?? this.#begin(packet)
      rows?.row(packet, writer)
    }
    return writer.used > 0 ? [writer.finish()] : []
  }

  /** The first packet makes the columns, but a gap record says nothing about what follows it. */
  #begin(packet: Packet): CsvRowEncoder | undefined {
    const meta = readMeta(packet, this.#reject)
    if (!meta) return undefined
    const keys = csvColumns(packet)
    if (keys.length > 0) return this.#setColumns(this.#withExtra(keys))
    const detail = 'no packet has made the columns yet'
    const bytes = Buffer.from(`${JSON.stringify(meta)}\n`)
    this.#reject({ place: { source: this.#name }, reason: 'no such column', detail, bytes })
    return undefined
  }

  #withExtra(columns: readonly string[]): readonly string[] {
    return this.#extra && !columns.includes(CSV_EXTRA_COLUMN) ? [...columns, CSV_EXTRA_COLUMN] : columns
  }

  #setColumns(columns: readonly string[]): CsvRowEncoder {
    this.#columns = columns
    this.#rows = new CsvRowEncoder(columns, this.#reject)
    return this.#rows
  }
}

function headerBytes(file: RecordFile): Buffer {
  const window = file.window()
  const head = window.read(0, Math.min(window.size, window.block))
  return head.subarray(0, csvFormat.whole(head, 1).length)
}

function headerOf(file: RecordFile): readonly string[] {
  return textsOf(
    headerBytes(file)
      .toString('utf8')
      .replace(/^\uFEFF/, ''),
  )
}

/** Rows as packets; the keys that stand in `extra` are put back into their places. */
function rowDecoder(source: string, reject: Rejecter): Decoder {
  const decoder = csvCodec.decoder({ source, reject })
  let hasExtra: boolean | undefined
  return {
    push(bytes) {
      // Looking into each packet would parse it: only where the header says that there is something to find.
      hasExtra ??= textsOf(Buffer.from(bytes).toString('utf8').split('\n', 1)[0] ?? '').includes(CSV_EXTRA_COLUMN)
      const batch = decoder.push(bytes)
      return hasExtra ? batch.map(withExtras) : batch
    },
    end() {
      const batch = decoder.end?.() ?? []
      return hasExtra ? batch.map(withExtras) : batch
    },
  }
}

function withExtras(packet: Packet): Packet {
  const { [CSV_EXTRA_COLUMN]: extra, ...meta } = packet.meta
  if (extra === null) return { meta, data: packet.data }
  return isObject(extra) ? { meta: { ...meta, ...extra }, data: packet.data } : packet
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
