// File names with a number in them, as Python's `%` writes them: `frame_%06d`.

import { UsageError } from '../errors.ts'

export interface Pattern {
  readonly text: string
  /** The name with this number. */
  name(number: number): string
  /** The number in a name that `name` could have made; of a name alone, without its folder. */
  number(base: string): number | undefined
  /** Where the files are, and the name of each without it. */
  readonly folder: string
}

const DIRECTIVE = /%(?:%|(0)?(\d*)[diu])/g

/** Whether a text names many files. */
export function isPattern(text: string): boolean {
  return text.replaceAll('%%', '').includes('%')
}

/** `%d`, `%5d`, `%06d` is the number, once; `%%` is a percent sign. */
export function parsePattern(text: string): Pattern {
  const numbers = [...text.matchAll(DIRECTIVE)].filter(([found]) => found !== '%%')
  const wrong = text.replace(DIRECTIVE, '').includes('%')
  const [number] = numbers
  if (wrong || numbers.length !== 1 || !number) {
    throw new UsageError(`'${text}': expected one number in the name, as in frame_%06d (a percent sign is %%)`)
  }
  const [directive, zero, digits] = number
  const plain = (part: string) => part.replaceAll('%%', '%')
  const before = plain(text.slice(0, number.index))
  const after = plain(text.slice(number.index + directive.length))
  if (after.includes('/')) throw new UsageError(`'${text}': expected the number in the name, not in its folder`)
  const width = Number(digits ?? 0)
  const fill = zero ? '0' : ' '
  const folderEnd = before.lastIndexOf('/') + 1
  const baseBefore = before.slice(folderEnd)
  return {
    text,
    folder: folderEnd === 0 ? '.' : before.slice(0, folderEnd),
    name: value => `${before}${String(value).padStart(width, fill)}${after}`,
    number(base) {
      if (!base.startsWith(baseBefore) || !base.endsWith(after)) return undefined
      const value = base.slice(baseBefore.length, base.length - after.length)
      if (!/^ *\d+$/.test(value)) return undefined
      const number = Number(value)
      return String(number).padStart(width, fill) === value ? number : undefined
    },
  }
}
