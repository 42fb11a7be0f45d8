// Which targets an address reaches: patterns in a tree, and what was found in a cache.

import { isPattern, wordsOf } from './address.ts'
import type { Bound } from './bound.ts'
import { MatchCache } from './match-cache.ts'
import { MergedTargets } from './merged-targets.ts'
import { PatternTrie } from './pattern-trie.ts'

export class Router<Target> {
  readonly #trie = new PatternTrie<Target>()
  readonly #cache = new MatchCache<Target>(address => this.#find(address))
  readonly #merged = new MergedTargets<Target>()
  /** The patterns that a target is bound by: most have one. */
  readonly #patterns = new Map<Target, string | Set<string>>()
  #last: readonly Target[] = []
  #order = 0
  #size = 0

  /** Bindings, each as often as it was made. */
  get size(): number {
    return this.#size
  }

  /** The same binding made twice has to be undone twice. */
  bind(pattern: string, target: Target): void {
    this.#size++
    const words = wordsOf(pattern)
    if (!this.#trie.at(words).add(target, this.#order++)) return
    this.#note(pattern, target)
    this.#change(pattern, words)
  }

  /** Whether there was such a binding. */
  unbind(pattern: string, target: Target): boolean {
    const words = wordsOf(pattern)
    const bound = this.#trie.find(words)
    const left = bound?.remove(target)
    if (bound === undefined || left === undefined) return false
    this.#size--
    if (left > 0) return true
    this.#forget(pattern, target)
    if (bound.isEmpty) this.#trie.prune(words)
    this.#change(pattern, words)
    return true
  }

  unbindAll(target: Target): void {
    for (const pattern of this.patternsOf(target)) {
      const words = wordsOf(pattern)
      const bound = this.#trie.find(words)
      if (!bound) continue
      this.#size -= bound.removeAll(target)
      if (bound.isEmpty) this.#trie.prune(words)
      this.#change(pattern, words)
    }
    this.#patterns.delete(target)
  }

  /** The patterns a target is bound by, each once. */
  patternsOf(target: Target): readonly string[] {
    const patterns = this.#patterns.get(target)
    if (patterns === undefined) return []
    return typeof patterns === 'string' ? [patterns] : [...patterns]
  }

  /**
   * The targets of all patterns that stand for the address, each once, in order of binding. The array is kept and must not be
   * changed. Addresses that reach the same targets one after the other are given the same array where that costs little.
   */
  match(address: string): readonly Target[] {
    return this.#cache.get(address)
  }

  #find(address: string): readonly Target[] {
    const found: Bound<Target>[] = []
    this.#trie.match(address, found)
    const [first] = found
    if (!first) return NOBODY
    const targets = found.length === 1 ? first.targets : this.#merge(found)
    if (!areSame(targets, this.#last)) this.#last = targets
    return this.#last
  }

  #merge(bounds: readonly Bound<Target>[]): readonly Target[] {
    if (this.#merged.isFull) {
      this.#merged.clear()
      this.#cache.clear()
    }
    return this.#merged.of(bounds)
  }

  #change(pattern: string, words: readonly string[]): void {
    if (isPattern(pattern)) this.#cache.change(words)
    else this.#cache.forget(pattern)
  }

  #note(pattern: string, target: Target): void {
    const patterns = this.#patterns.get(target)
    if (patterns === undefined) this.#patterns.set(target, pattern)
    else if (typeof patterns === 'string') this.#patterns.set(target, new Set([patterns, pattern]))
    else patterns.add(pattern)
  }

  #forget(pattern: string, target: Target): void {
    const patterns = this.#patterns.get(target)
    if (patterns instanceof Set && patterns.size > 1) patterns.delete(pattern)
    else this.#patterns.delete(target)
  }
}

const NOBODY: readonly never[] = []

function areSame<Target>(some: readonly Target[], others: readonly Target[]): boolean {
  if (some === others) return true
  return some.length === others.length && some.length <= FEW && some.every((target, index) => target === others[index])
}

/** So many targets are compared without being noticed. */
const FEW = 16
