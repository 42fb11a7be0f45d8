// The targets of several patterns together, made once for all addresses that reach the same patterns.

import type { Binding, Bound } from './bound.ts'

/** So many targets are compared one by one faster than a set is made. */
const FEW = 16

/** Targets that are kept, those of each combination counted. */
const MOST = 2 ** 22

export class MergedTargets<Target> {
  readonly #known = new Map<string, readonly Target[]>()
  readonly #most: number
  #kept = 0

  constructor(most = MOST) {
    this.#most = most
  }

  /** Whether so many were made that all of them should be forgotten, here and where they were handed on to. */
  get isFull(): boolean {
    return this.#kept >= this.#most
  }

  clear(): void {
    this.#known.clear()
    this.#kept = 0
  }

  /** Each target once, in order of its first binding among them. The same combination gives the same array. */
  of(bounds: readonly Bound<Target>[]): readonly Target[] {
    let key = ''
    for (const { state } of bounds) key += `${state} `
    const known = this.#known.get(key)
    if (known) return known
    const targets = mergeTargets(bounds)
    this.#known.set(key, targets)
    this.#kept += OVERHEAD + targets.length
    return targets
  }
}

/** What a combination takes beside its targets, in targets. */
const OVERHEAD = 16

export function mergeTargets<Target>(bounds: readonly Bound<Target>[]): readonly Target[] {
  const bindings: Binding<Target>[] = []
  for (const bound of bounds) bound.collect(bindings)
  bindings.sort((a, b) => a.order - b.order)
  if (bindings.length > FEW) return [...new Set(bindings.map(({ target }) => target))]
  const targets: Target[] = []
  for (const { target } of bindings) if (!targets.includes(target)) targets.push(target)
  return targets
}
