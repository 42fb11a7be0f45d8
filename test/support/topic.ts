// What addresses should match: RabbitMQ's tables, more pairs, and a matcher that is slow and obviously right.

import type { Random } from '../../src/random.ts'

/** The bindings of RabbitMQ's own test of topic exchanges, t1 to t27. */
export const RABBIT_BINDINGS = [
  ...['a.b.c', 'a.*.c', 'a.#.b', 'a.b.b.c', '#', '#.#', '#.b', '*.*', 'a.*', '*.b.c', 'a.#', 'a.#.#', 'b.b.c', 'a.b.b'],
  ...['a.b', 'b.c', '', '*.*.*', 'vodka.martini', 'a.b.c', '*.#', '#.*.#', '*.#.#', '#.#.#', '*', '#.b.#', 'args-test'],
] as const

/** What that test removes in its second half. */
export const RABBIT_REMOVED: readonly number[] = [1, 5, 11, 19, 21]

/** Address, and the numbers of the bindings that it matches. */
export const RABBIT_MATCHES: readonly (readonly [string, readonly number[]])[] = [
  ['a.b.c', [1, 2, 5, 6, 10, 11, 12, 18, 20, 21, 22, 23, 24, 26]],
  ['a.b', [3, 5, 6, 7, 8, 9, 11, 12, 15, 21, 22, 23, 24, 26]],
  ['a.b.b', [3, 5, 6, 7, 11, 12, 14, 18, 21, 22, 23, 24, 26]],
  ['', [5, 6, 17, 24]],
  ['b.c.c', [5, 6, 18, 21, 22, 23, 24, 26]],
  ['a.a.a.a.a', [5, 6, 11, 12, 21, 22, 23, 24]],
  ['vodka.gin', [5, 6, 8, 21, 22, 23, 24]],
  ['vodka.martini', [5, 6, 8, 19, 21, 22, 23, 24]],
  ['b.b.c', [5, 6, 10, 13, 18, 21, 22, 23, 24, 26]],
  ['nothing.here.at.all', [5, 6, 21, 22, 23, 24]],
  ['oneword', [5, 6, 21, 22, 23, 24, 25]],
  ['args-test', [5, 6, 21, 22, 23, 24, 25, 27]],
]

/** RabbitMQ's tutorial on topics: who is bound by what, and who is reached. */
export const TUTORIAL_BINDINGS = [
  ['Q1', '*.orange.*'],
  ['Q2', '*.*.rabbit'],
  ['Q2', 'lazy.#'],
] as const

export const TUTORIAL_MATCHES: readonly (readonly [string, readonly string[]])[] = [
  ['quick.orange.rabbit', ['Q1', 'Q2']],
  ['lazy.orange.elephant', ['Q1', 'Q2']],
  ['quick.orange.fox', ['Q1']],
  ['lazy.brown.fox', ['Q2']],
  ['lazy.pink.rabbit', ['Q2']],
  ['quick.brown.fox', []],
  ['orange', []],
  ['quick.orange.new.rabbit', []],
  ['lazy.orange.new.rabbit', ['Q2']],
  ['lazy', ['Q2']],
]

/** Pattern, address. */
export const COVERED: readonly (readonly [string, string])[] = [
  ['#.a.b', 'a.b'],
  ['#.a.b', 'x.a.b'],
  ['#.a.*', 'a.b'],
  ['a.#.b.c', 'a.b.c'],
  ['a.#.b.c', 'a.x.b.c'],
  ['a.*.b', 'a..b'],
  ['a.*', 'a.'],
  ['*.*', '.'],
  ['#', ''],
  ['', ''],
  ['#.b.#.b', 'a.b.c.b.b'],
  ['#.a.#.b.#.c', 'a.a.b.b.c.c'],
]

export const NOT_COVERED: readonly (readonly [string, string])[] = [
  ['#.a.*', 'a'],
  ['a.b', 'a..b'],
  ['*', ''],
  ['exact.key', 'Exact.key'],
  ['', 'a'],
  ['', '.'],
  ['a.*', 'a'],
  ['a*.b', 'ax.b'],
  ['#.b.#.b', 'a.b.c'],
]

/** Word by word as the definition says; the time it takes may double with each `#`. */
export function plainlyCovers(pattern: readonly string[], address: readonly string[]): boolean {
  const [first, ...rest] = pattern
  if (first === undefined) return address.length === 0
  if (first === '#') {
    return plainlyCovers(rest, address) || (address.length > 0 && plainlyCovers(pattern, address.slice(1)))
  }
  if (address.length === 0) return false
  return (first === '*' || first === address[0]) && plainlyCovers(rest, address.slice(1))
}

/** Up to `most` words out of `words`, often none. */
export function randomAddress(random: Random, words: readonly string[], most: number): string {
  const length = random.integer(0, most)
  return Array.from({ length }, () => words[random.integer(0, words.length - 1)] ?? '').join('.')
}
