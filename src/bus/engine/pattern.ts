// Patterns for engines whose own wildcard for many words stands at the end alone.

import { ANY_WORDS, ONE_WORD, wordsOf } from '../../topic/address.ts'

/** A pattern without a `#` before its end: its words, some of them `*`, and whether any number of words may follow. */
export interface Tail {
  readonly words: readonly string[]
  readonly open: boolean
}

/** Nothing for a pattern with a `#` that cannot be moved to its end: only other wildcards may follow it. */
export function tailOf(pattern: string): Tail | undefined {
  const words = wordsOf(pattern)
  const hash = words.indexOf(ANY_WORDS)
  if (hash < 0) return { words, open: false }
  // Among wildcards the order means nothing: `#.*` and `*.#` are one word or more.
  const rest = words.slice(hash)
  if (rest.some(word => word !== ANY_WORDS && word !== ONE_WORD)) return undefined
  return { words: [...words.slice(0, hash), ...rest.filter(word => word === ONE_WORD)], open: true }
}

/** Whether there is an address that both stand for. */
export function overlap(a: Tail, b: Tail): boolean {
  const shorter = Math.min(a.words.length, b.words.length)
  for (let index = 0; index < shorter; index++) {
    const one = a.words[index]
    const other = b.words[index]
    if (one !== other && one !== ONE_WORD && other !== ONE_WORD) return false
  }
  if (a.words.length === b.words.length) return true
  return a.words.length < b.words.length ? a.open : b.open
}

/** Whether any two of them do. */
export function anyOverlap(tails: readonly Tail[]): boolean {
  return tails.some((tail, index) => tails.slice(0, index).some(other => overlap(tail, other)))
}
