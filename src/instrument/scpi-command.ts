// SCPI as an instrument hears it: headers in their short and long forms, arguments with their units.

import { UsageError } from '../errors.ts'

export interface ScpiCommand {
  /** Without the question mark. */
  readonly header: string
  readonly isQuestion: boolean
  readonly arguments: readonly string[]
}

/** One command of a line; nothing where there is none. */
export function parseCommand(text: string): ScpiCommand | undefined {
  const parts = /^\s*:?([*a-z][a-z0-9:*]*)(\?)?\s*(.*?)\s*$/i.exec(text)
  if (!parts) return undefined
  const [, header = '', question, rest = ''] = parts
  return {
    header,
    isQuestion: question !== undefined,
    arguments: rest === '' ? [] : rest.split(',').map(argument => argument.trim()),
  }
}

/**
 * What headers match a pattern such as `[:SENSe]:FREQuency:CENTer`: capitals are the short form, all letters the long
 * one, brackets what may be left out.
 */
export function headerPattern(pattern: string): (header: string) => boolean {
  const words = [...pattern.matchAll(/(\[)?:?([*A-Za-z]+)\]?/g)].map(([, optional, word = '']) => {
    const forms = word.replace('*', '\\*').replace(/[a-z]+$/, rest => `(?:${rest})?`)
    return optional ? `(?:${forms}:)?` : `${forms}:`
  })
  const expression = new RegExp(`^${words.join('')}$`, 'i')
  return header => expression.test(`${header}:`)
}

const MULTIPLIERS: Readonly<Record<string, number>> = { '': 1, K: 1e3, MA: 1e6, M: 1e6, G: 1e9 }

/** `2450000000`, `2450 MHz`, `2.45GHZ`, `-30 dBm` → a number in the unit's base. Throws a UsageError. */
export function scpiNumber(text: string | undefined): number {
  const parts = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:E[+-]?\d+)?)\s*(?:(MA|[KMG])?HZ|DBM?|S)?$/i.exec(text ?? '')
  const value = Number(parts?.[1]) * (MULTIPLIERS[(parts?.[2] ?? '').toUpperCase()] ?? Number.NaN)
  if (Number.isFinite(value)) return value
  throw new UsageError(`'${text ?? ''}' is no number`)
}

/** `ON`, `OFF`, `1`, `0`. */
export function scpiFlag(text: string | undefined): boolean {
  const word = (text ?? '').toUpperCase()
  if (word === '1' || word === 'ON') return true
  if (word === '0' || word === 'OFF') return false
  throw new UsageError(`'${text ?? ''}' is neither ON nor OFF`)
}
