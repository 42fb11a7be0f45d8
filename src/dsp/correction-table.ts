// Corrections by frequency, as a table of text gives them: cable losses, antenna factors, flatness.

import { UsageError } from '../errors.ts'
import { parseNumber } from '../units.ts'

/** Decibels to add at a frequency in Hz. */
export type Correction = (frequency: number) => number

/**
 * Lines of a frequency in Hz and decibels, separated by a comma, semicolon or space: `98M,-1.5`. Lines that start with # and a
 * first line of words alone are no data; a frequency stands once. Between two frequencies the correction is linear, beyond the ends that of the end.
 */
export function parseCorrections(text: string, name: string): Correction {
  const rows: { readonly frequency: number; readonly decibels: number }[] = []
  for (const [index, line] of text.split('\n').entries()) {
    const cells = line.trim().split(/\s*[,;\t ]\s*/)
    const isHeading = rows.length === 0 && cells.every(cell => /^"?[a-z]/i.test(cell))
    if (line.trim() === '' || line.startsWith('#') || isHeading) continue
    const [frequency, decibels] = cells.map(cell => numberOf(cell, `${name}:${index + 1}`))
    if (frequency === undefined || decibels === undefined || cells.length !== 2)
      throw new UsageError(`${name}:${index + 1}: expected a frequency and decibels, for example 98M,-1.5`)
    rows.push({ frequency, decibels })
  }
  if (rows.length === 0) throw new UsageError(`${name}: holds no corrections: expected lines such as 98M,-1.5`)
  rows.sort((a, b) => a.frequency - b.frequency)
  const twice = rows.find(({ frequency }, index) => frequency === rows[index + 1]?.frequency)
  if (twice) throw new UsageError(`${name}: ${twice.frequency} Hz stands there twice: expected one correction`)
  return frequency => {
    const next = rows.findIndex(row => row.frequency >= frequency)
    const upper = rows[next] ?? rows.at(-1)
    const lower = next > 0 ? rows[next - 1] : undefined
    if (!upper || !lower) return upper?.decibels ?? 0
    const share = (frequency - lower.frequency) / (upper.frequency - lower.frequency)
    return lower.decibels + share * (upper.decibels - lower.decibels)
  }
}

function numberOf(cell: string, place: string): number {
  try {
    return parseNumber(cell)
  } catch (error) {
    throw new UsageError(`${place}: '${cell}' is no number: expected a frequency and decibels, for example 98M,-1.5`, {
      cause: error,
    })
  }
}
