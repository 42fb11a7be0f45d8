// csv: a row for each packet under one header, appended to across restarts.

import { codecNamed } from '../codec/index.ts'
import { CarrierError } from '../errors.ts'
import type { Batch, JsonObject, Packet } from '../packet.ts'
import type { Decoder } from '../stream/step.ts'
import { checkParams, type Endpoint, flagParam } from '../url.ts'
import { columnsParam } from './columns.ts'
import { CsvRows, cellsOf, DATA_COLUMN, EXTRA_COLUMN } from './csv-rows.ts'
import type { FileRecords } from './file-records.ts'
import { FileStore } from './file-store.ts'
import { readSeries } from './read-series.ts'
import { readable } from './readable.ts'
import type { RecordFile } from './record-file.ts'
import { csvFormat } from './record-format.ts'
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
  readonly #rows: CsvRows

  constructor(endpoint: Endpoint, { reject }: StoreContext) {
    this.#name = endpoint.text
    this.#asked = columnsParam(endpoint)
    this.#extra = flagParam(endpoint, 'extra')
    this.#rows = new CsvRows({ name: this.#name, columns: this.#asked, extra: this.#extra, reject })
    this.encoder = {
      push: batch => {
        let text = ''
        for (const packet of readable(batch, reject)) text += this.#rows.row(packet)
        return text === '' ? [] : [Buffer.from(text)]
      },
    }
  }

  header(): Uint8Array {
    return Buffer.from(this.#rows.header())
  }

  /** The header that is there decides, and must not contradict what was asked for. */
  resume(file: RecordFile): void {
    const columns = headerOf(file)
    const asked = this.#asked && this.#rows.columns
    if (asked && asked.join('\n') !== columns.join('\n')) {
      throw new CarrierError(this.#name, `the file has the columns ${columns.join(',')}: expected ${asked.join(',')}`)
    }
    if (this.#extra && !columns.includes(EXTRA_COLUMN)) {
      throw new CarrierError(
        this.#name,
        `the file has the columns ${columns.join(',')}: expected '${EXTRA_COLUMN}', too`,
      )
    }
    this.#rows.setColumns(columns)
  }

  ids(file: RecordFile, position: number): readonly string[] {
    const column = headerOf(file).indexOf('id')
    if (column < 0) return []
    const window = file.window()
    const bytes = window.read(position, window.size - position)
    const ids: string[] = []
    for (let from = 0; from < bytes.length; ) {
      const { length } = csvFormat.whole(bytes.subarray(from), 1)
      if (length === 0) break
      const id = cellsOf(bytes.toString('utf8', from, from + length))[column]
      if (id && from + position > 0) ids.push(id)
      from += length
    }
    return ids
  }
}

function headerBytes(file: RecordFile): Buffer {
  const window = file.window()
  const head = window.read(0, Math.min(window.size, window.block))
  return head.subarray(0, csvFormat.whole(head, 1).length)
}

function headerOf(file: RecordFile): readonly string[] {
  return cellsOf(
    headerBytes(file)
      .toString('utf8')
      .replace(/^\uFEFF/, ''),
  )
}

/** Rows as the packets they were: bytes and other keys are put back into their places. */
function rowDecoder(source: string, reject: StoreContext['reject']): Decoder {
  const decoder = codecNamed('csv').decoder({ source, reject })
  const restored = (batch: Batch): Batch => batch.map(restore)
  return {
    push: bytes => restored(decoder.push(bytes)),
    end: () => restored(decoder.end?.() ?? []),
  }
}

function restore(packet: Packet): Packet {
  const { [DATA_COLUMN]: data, [EXTRA_COLUMN]: extra, ...meta } = packet.meta
  if (data === undefined && extra === undefined) return packet
  const others = typeof extra === 'string' ? parseObject(extra) : undefined
  const bytes = typeof data === 'string' ? Buffer.from(data, 'base64') : packet.data
  return {
    meta: {
      ...meta,
      ...(others ?? (extra !== undefined && { extra })),
      ...(data !== undefined && typeof data !== 'string' && { data }),
    },
    data: bytes,
  }
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
