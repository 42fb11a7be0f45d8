// Values as programs and files write them: text to readings.

import type { Json, JsonObject } from '../packet.ts'
import type { Value } from './probe.ts'

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
/** The sensor says these itself. */
const OWN_KEYS: ReadonlySet<string> = new Set(['timestamp', 'id', 'name', 'value'])

/** A number in decimal, or JSON: an object's `value` is the value, the rest goes with it. Else nothing. */
export function valueOfText(text: string): Value | undefined {
  const trimmed = text.trim()
  if (NUMBER.test(trimmed)) return Number(trimmed)
  let json: Json
  try {
    json = JSON.parse(trimmed)
  } catch {
    return undefined
  }
  return isObject(json) ? readingOfObject(json) : { value: json }
}

export function readingOfObject(object: JsonObject, valueKey = 'value'): Value {
  const { [valueKey]: value = null, ...rest } = object
  const fields = Object.fromEntries(Object.entries(rest).filter(([key]) => !OWN_KEYS.has(key)))
  return { value, fields }
}

/** A cell of a table: a number where it looks like one. */
export function valueOfCell(text: string): Value {
  return NUMBER.test(text.trim()) ? Number(text) : { value: text }
}

export function isObject(json: Json | undefined): json is JsonObject {
  return json !== null && typeof json === 'object' && !Array.isArray(json)
}
