// Conditions on a field (`value>0`, `name==Sensor-1`, `id~^a`, `unit`): what they say and when they hold.

import { numberAt } from '../codec/scan.ts'
import { UsageError } from '../errors.ts'
import type { Json, Meta } from '../packet.ts'

const OPERATORS = ['==', '!=', '<=', '>=', '<', '>', '~'] as const
type Operator = (typeof OPERATORS)[number]

const QUOTE = 0x22
const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/

/**
 * A field compared with an operand. Two numbers compare as numbers, anything else as text: a string as it is, a number
 * in its shortest spelling, everything else as JSON; order is that of UTF-16 units. `~` searches a regular expression
 * in the text. A field alone asks whether it is there; a missing field makes every condition false, `!=`, too.
 */
export interface Condition {
  readonly field: string
  holds(value: Json): boolean
  /** The same for the JSON of a number, a literal or a string without escapes that lies in a buffer. */
  holdsAt(buffer: Buffer, start: number, end: number): boolean
}

export function parseCondition(text: string): Condition {
  const parts = /^([^=!<>~]+)(?:(==|!=|<=|>=|<|>|~)(.*))?$/s.exec(text)
  const field = parts?.[1]?.trim()
  if (!parts || !field)
    throw new UsageError(`'${text}' is no condition: expected FIELD, or FIELD ${OPERATORS.join(' ')} VALUE`)
  const operator = OPERATORS.find(operator => operator === parts[2])
  if (operator === undefined) return { field, holds: () => true, holdsAt: () => true }
  const operand = (parts[3] ?? '').trim()
  if (operand === '' && operator !== '==' && operator !== '!=')
    throw new UsageError(`'${text}': expected a value after ${operator}`)
  return comparison(field, operator, operand)
}

function comparison(field: string, operator: Operator, operand: string): Condition {
  const test = operator === '~' ? searching(operand) : comparing(operator, operand)
  const number = operator !== '~' && NUMBER.test(operand) ? Number(operand) : undefined
  const compare = numeric(operator)
  const equal = operator === '==' || operator === '!='
  const bytes = Buffer.from(operand)
  const spelled = bytes.toString() === operand

  function holds(value: Json): boolean {
    if (typeof value === 'number') return number === undefined ? test(String(value)) : compare(value, number)
    return test(typeof value === 'string' ? value : JSON.stringify(value))
  }
  function holdsAt(buffer: Buffer, start: number, end: number): boolean {
    const first = buffer[start] ?? 0
    if (first === QUOTE) {
      if (!equal || !spelled) return test(buffer.toString('utf8', start + 1, end - 1))
      return isText(bytes, buffer, start + 1, end - 1) === (operator === '==')
    }
    if (first > 0x39) return test(buffer.toString('latin1', start, end))
    const value = numberAt(buffer, start, end)
    return number === undefined ? test(String(value)) : compare(value, number)
  }
  return { field, holds, holdsAt }
}

function searching(pattern: string): (text: string) => boolean {
  try {
    const expression = new RegExp(pattern, 'u')
    return text => expression.test(text)
  } catch (error) {
    throw new UsageError(`'${pattern}' is no regular expression`, { cause: error })
  }
}

function comparing(operator: Operator, operand: string): (text: string) => boolean {
  switch (operator) {
    case '!=':
      return text => text !== operand
    case '<':
      return text => text < operand
    case '<=':
      return text => text <= operand
    case '>':
      return text => text > operand
    case '>=':
      return text => text >= operand
    default:
      return text => text === operand
  }
}

function numeric(operator: Operator): (value: number, operand: number) => boolean {
  switch (operator) {
    case '!=':
      return (value, operand) => value !== operand
    case '<':
      return (value, operand) => value < operand
    case '<=':
      return (value, operand) => value <= operand
    case '>':
      return (value, operand) => value > operand
    case '>=':
      return (value, operand) => value >= operand
    default:
      return (value, operand) => value === operand
  }
}

function isText(wanted: Buffer, buffer: Buffer, start: number, end: number): boolean {
  if (end - start !== wanted.length) return false
  for (let i = 0; i < wanted.length; i++) if (buffer[start + i] !== wanted[i]) return false
  return true
}

/** The value of a field, or of a path `a.b.0` into what is nested; a key that has the dots itself comes first. */
export function valueAt(meta: Meta, field: string): Json | undefined {
  if (Object.hasOwn(meta, field)) return meta[field]
  if (!field.includes('.')) return undefined
  let value: Json | undefined = meta
  for (const key of field.split('.')) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return undefined
    value = Object.getOwnPropertyDescriptor(value, key)?.value
  }
  return value
}

/** Whether a field can be told from the bytes of a line: what `data` is depends on `dtype`. */
export function isPlainField(field: string): boolean {
  return field !== 'data' && !field.startsWith('data.')
}
