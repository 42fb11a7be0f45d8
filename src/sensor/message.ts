// Messages as lines of JSON, built fast: {timestamp, id, name, value, unit, …}.

import type { Json, JsonObject } from '../packet.ts'
import type { Reading, Value } from '../probe/probe.ts'

/** RFC 3339 in UTC with milliseconds. A second's text is kept: formatting a date costs as much as ten messages. */
export function timestampText(): (milliseconds: number) => string {
  let second = Number.NaN
  let prefix = ''
  let last = Number.NaN
  let text = ''
  return time => {
    const milliseconds = Math.floor(time)
    if (milliseconds === last) return text
    const now = Math.floor(milliseconds / 1000)
    if (now !== second) {
      second = now
      prefix = new Date(now * 1000).toISOString().slice(0, -4)
    }
    last = milliseconds
    text = `${prefix}${String(milliseconds - now * 1000).padStart(3, '0')}Z`
    return text
  }
}

export interface MessageOptions {
  readonly name: string
  readonly unit?: string | undefined
}

export interface MessageHead {
  readonly time: number
  readonly id: string
}

/** Numbers JSON cannot hold are null. */
function numberText(value: number): string {
  return Number.isFinite(value) ? `${value}` : 'null'
}

export class MessageWriter {
  readonly #timestamp = timestampText()
  readonly #name: string
  readonly #unit: string
  readonly #options: MessageOptions

  constructor(options: MessageOptions) {
    this.#options = options
    this.#name = `","name":${JSON.stringify(options.name)},"value":`
    this.#unit = options.unit === undefined ? '' : `,"unit":${JSON.stringify(options.unit)}`
  }

  line({ time, id }: MessageHead, value: Value): string {
    const head = `{"timestamp":"${this.#timestamp(time)}","id":"${id}${this.#name}`
    if (typeof value === 'number') return `${head}${numberText(value)}${this.#unit}}\n`
    return `${head}${JSON.stringify(value.value ?? null)}${this.#unit}${fieldsText(value.fields)}}\n`
  }

  /** The meta of a frame: a value only where the reading has one. */
  meta({ time, id }: MessageHead, { value, fields }: Reading): JsonObject {
    const { name, unit } = this.#options
    const meta: Record<string, Json> = { timestamp: this.#timestamp(time), id, name }
    if (value !== undefined) meta['value'] = value
    if (unit !== undefined) meta['unit'] = unit
    return { ...meta, ...fields }
  }
}

/** `,"seq":1,…`: the inside of an object, to be put into another. */
function fieldsText(fields: JsonObject | undefined): string {
  if (fields === undefined) return ''
  const text = JSON.stringify(fields)
  return text === '{}' ? '' : `,${text.slice(1, -1)}`
}
