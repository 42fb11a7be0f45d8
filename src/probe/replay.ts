// replay: the values of a file once more, at the times it tells.

import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { CarrierError, systemReason, UsageError } from '../errors.ts'
import type { Json, JsonObject } from '../packet.ts'
import { parseNumber } from '../units.ts'
import { lines } from './lines.ts'
import type { Event, ProbeKind, ProbeSpec, Value } from './probe.ts'
import { probeParam } from './spec.ts'
import { isObject, readingOfObject, valueOfCell } from './value-text.ts'

export const replay: ProbeKind = {
  name: 'replay',
  summary: 'the values of a CSV or ndjson file, with its own timing',
  example: 'replay:FILE?speed=10',
  argument: 'FILE',
  params: [
    { name: 'value', argument: 'KEY', summary: 'the column or key of the value, default value, else the last column' },
    { name: 'timestamp', argument: 'KEY', summary: 'that of the time, default timestamp, else the first column' },
    { name: 'speed', argument: 'FACTOR', summary: 'so much faster than it was; max does not wait' },
  ],
  make(spec, { reject }) {
    const path = spec.rest
    const speed = probeParam(spec, 'speed', parseSpeed, 1)
    const refuse = (reason: string, line: number, detail: string) => reject(reason, `${path}:${line}: ${detail}`)
    let file: FileHandle | undefined
    return {
      timed: true,
      async open() {
        file = await open(path).catch(error => {
          throw new CarrierError(path, systemReason(error), { cause: error })
        })
      },
      async *events() {
        if (!file) throw new CarrierError(path, 'not open')
        const rows = (await isTable(file)) ? csvRows(path, spec, refuse) : objectRows(path, spec, refuse)
        let first: number | undefined
        for await (const { line, timestamp, reading } of rows) {
          const time = timeOf(timestamp)
          if (time === undefined) {
            refuse('no timestamp', line, `'${timestamp}': expected RFC 3339, or seconds or milliseconds since 1970`)
            continue
          }
          first ??= time
          const event: Event = { reading, after: Math.max(0, (time - first) / speed) }
          yield [event]
        }
        await file.close()
      },
    }
  },
}

interface Row {
  readonly line: number
  readonly timestamp: Json | undefined
  readonly reading: Value
}

type Refuse = (reason: string, line: number, detail: string) => void

/** Everything but objects is a table. */
async function isTable(file: FileHandle): Promise<boolean> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0)
  return !/^[\s\x1e]*\{/.test(buffer.toString('utf8', 0, bytesRead))
}

async function* csvRows(path: string, spec: ProbeSpec, refuse: Refuse): AsyncGenerator<Row> {
  const { parse } = await import('csv-parse')
  const parser = parse({ bom: true, info: true, relax_column_count: true, skip_empty_lines: true })
  const input = createReadStream(path)
  input.on('error', error => parser.destroy(error)).pipe(parser)
  let columns: { readonly value: number; readonly timestamp: number; readonly count: number } | undefined
  for await (const { record, info } of parser) {
    const cells: readonly string[] = record
    if (columns === undefined) {
      columns = { ...columnsOf(spec, cells), count: cells.length }
    } else if (cells.length !== columns.count) {
      refuse('wrong number of cells', info.lines, `${cells.length} cells, expected ${columns.count}`)
    } else {
      const reading = valueOfCell(cells[columns.value] ?? '')
      yield { line: info.lines, timestamp: cells[columns.timestamp], reading }
    }
  }
}

function columnsOf(spec: ProbeSpec, names: readonly string[]) {
  const find = (param: string, otherwise: number) => {
    const name = spec.params.get(param)
    const place = names.indexOf(name ?? param)
    if (place >= 0) return place
    if (name === undefined) return otherwise
    throw new UsageError(`probe ${spec.text}: no column '${name}' (there are ${names.join(', ')})`)
  }
  return { value: find('value', names.length - 1), timestamp: find('timestamp', 0) }
}

async function* objectRows(path: string, spec: ProbeSpec, refuse: Refuse): AsyncGenerator<Row> {
  const valueKey = spec.params.get('value') ?? 'value'
  const timeKey = spec.params.get('timestamp') ?? 'timestamp'
  let line = 0
  for await (const batch of lines(createReadStream(path))) {
    for (const text of batch) {
      line++
      if (text.trim() === '') continue
      const object = objectOf(text)
      if (object) yield { line, timestamp: object[timeKey], reading: readingOfObject(object, valueKey) }
      else refuse('invalid JSON', line, 'expected one JSON object a line')
    }
  }
}

function objectOf(text: string): JsonObject | undefined {
  try {
    const json: Json = JSON.parse(text)
    return isObject(json) ? json : undefined
  } catch {
    return undefined
  }
}

/** Seconds since 1970 end where milliseconds begin to be more likely: in the year 5138. */
const LARGEST_SECONDS = 1e11

/** Milliseconds since 1970; a time without a zone is UTC. */
function timeOf(timestamp: Json | undefined): number | undefined {
  if (timestamp === undefined || timestamp === null || timestamp === '') return undefined
  const number = Number(timestamp)
  if (Number.isFinite(number)) return Math.abs(number) < LARGEST_SECONDS ? number * 1000 : number
  const text = String(timestamp).trim()
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text.replace(' ', 'T')}Z`
  const time = Date.parse(zoned)
  return Number.isNaN(time) ? undefined : time
}

function parseSpeed(text: string): number {
  const speed = text === 'max' ? Number.POSITIVE_INFINITY : parseNumber(text)
  if (!(speed > 0)) throw new UsageError(`'${text}': expected more than 0, or max`)
  return speed
}
