// Patterns as a tree of words: what a look-up costs depends on the patterns it meets alone.

import { ANY_WORDS, ONE_WORD } from './address.ts'
import { Bound } from './bound.ts'

class Node<Target> {
  /** Whether it is reached by `#`, and so stays reached whatever word comes. */
  readonly staying: boolean
  /** One word that leads on, or several: most nodes have one, and a table for each would take half of the memory. */
  word: string | undefined
  only: Node<Target> | undefined
  words: Map<string, Node<Target>> | undefined
  one: Node<Target> | undefined
  any: Node<Target> | undefined
  bound: Bound<Target> | undefined
  /** The last position at which it was reached: nothing is followed twice, however many `#` lead to it. */
  reached = 0

  constructor(word: string) {
    this.staying = word === ANY_WORDS
  }

  next(word: string): Node<Target> | undefined {
    return word === ONE_WORD ? this.one : word === ANY_WORDS ? this.any : this.by(word)
  }

  /** By a word that is no wildcard. */
  by(word: string): Node<Target> | undefined {
    return this.words ? this.words.get(word) : word === this.word ? this.only : undefined
  }

  grow(word: string): Node<Target> {
    const node = new Node<Target>(word)
    if (word === ONE_WORD) this.one = node
    else if (word === ANY_WORDS) this.any = node
    else if (this.words) this.words.set(word, node)
    else if (this.only && this.word !== undefined) {
      this.words = new Map([
        [this.word, this.only],
        [word, node],
      ])
      this.word = this.only = undefined
    } else {
      this.word = word
      this.only = node
    }
    return node
  }

  prune(word: string): void {
    if (word === ONE_WORD) this.one = undefined
    else if (word === ANY_WORDS) this.any = undefined
    else if (this.words?.delete(word)) {
      if (this.words.size === 0) this.words = undefined
    } else this.word = this.only = undefined
  }

  get isBare(): boolean {
    return !this.bound && !this.only && !this.words && !this.one && !this.any
  }
}

export class PatternTrie<Target> {
  readonly #root = new Node<Target>('')
  /** Counts the words of all addresses that were looked up. */
  #position = 0
  #here: Node<Target>[] = []
  /** The nodes reached at this position; those beyond the first `#reached` are left over from before. */
  #there: Node<Target>[] = []
  #reached = 0

  get isEmpty(): boolean {
    return this.#root.isBare
  }

  /** The targets of a pattern, to be added to. */
  at(pattern: readonly string[]): Bound<Target> {
    let node = this.#root
    for (const word of pattern) node = node.next(word) ?? node.grow(word)
    node.bound ??= new Bound()
    return node.bound
  }

  find(pattern: readonly string[]): Bound<Target> | undefined {
    let node: Node<Target> | undefined = this.#root
    for (const word of pattern) node = node?.next(word)
    return node?.bound
  }

  /** Forgets a pattern that has no targets left, and the words that led to it alone. */
  prune(pattern: readonly string[]): void {
    const path = [this.#root]
    for (const word of pattern) {
      const node = path.at(-1)?.next(word)
      if (!node) return
      path.push(node)
    }
    const last = path.at(-1)
    if (last?.bound?.isEmpty) last.bound = undefined
    for (let depth = pattern.length; depth > 0 && path[depth]?.isBare; depth--)
      path[depth - 1]?.prune(pattern[depth - 1] ?? '')
  }

  /** Adds what is bound by the patterns that stand for an address. */
  match(address: string, into: Bound<Target>[]): void {
    this.#reached = 0
    this.#position++
    this.#reach(this.#root)
    for (let start = 0, end = 0; start <= address.length && address !== ''; start = end + 1) {
      end = address.indexOf('.', start)
      if (end < 0) end = address.length
      this.#step(address, start, end)
      if (this.#reached === 0) return
    }
    for (let index = 0; index < this.#reached; index++) {
      const bound = this.#there[index]?.bound
      if (bound) into.push(bound)
    }
  }

  /** Over one word, which is cut out only where a pattern asks for it. */
  #step(address: string, start: number, end: number): void {
    const here = this.#there
    const count = this.#reached
    this.#there = this.#here
    this.#here = here
    this.#reached = 0
    this.#position++
    let word: string | undefined
    for (let index = 0; index < count; index++) {
      const node = here[index]
      if (!node) continue
      if (node.staying) this.#reach(node)
      if (node.only || node.words) {
        word ??= address.slice(start, end)
        const next = node.by(word)
        if (next) this.#reach(next)
      }
      if (node.one) this.#reach(node.one)
    }
  }

  #reach(node: Node<Target>): void {
    for (let next: Node<Target> | undefined = node; next && next.reached !== this.#position; next = next.any) {
      next.reached = this.#position
      this.#there[this.#reached++] = next
    }
  }
}
