// What one subscriber wants: prefixes of a message's first part, as often as it asked for them, in a radix tree.

import { Refused } from './mechanism.ts'
import type { Message } from './message.ts'

/** A peer that asks for more is refused: nobody's memory is its to fill. */
const MOST_PREFIXES = 65536
const MOST_BYTES = 4 * 2 ** 20

/** Bytes `start` to `end` of a prefix lead here from the node above. The prefix is that of this node or of one below. */
interface Node {
  prefix: Uint8Array
  start: number
  end: number
  /** How often the prefix up to `end` was asked for. */
  times: number
  /** By the first byte that leads there. */
  readonly below: Map<number, Node>
}

export class Subscriptions {
  readonly #root = node(new Uint8Array(0), 0, 0)
  #prefixes = 0
  #bytes = 0

  get isEmpty(): boolean {
    return this.#prefixes === 0
  }

  /** Whether every message is wanted. */
  get all(): boolean {
    return this.#root.times > 0
  }

  /** Whoever asks twice must cancel twice. Throws Refused when it is too much. */
  subscribe(prefix: Uint8Array): void {
    const wanted = this.#made(prefix)
    if (wanted.times++ > 0) return
    this.#prefixes++
    this.#bytes += prefix.length
    if (this.#prefixes > MOST_PREFIXES || this.#bytes > MOST_BYTES) throw new Refused('too many subscriptions')
  }

  /** What was never asked for is no matter. */
  cancel(prefix: Uint8Array): void {
    const path = this.#path(prefix)
    const wanted = path.at(-1)
    if (!wanted || wanted.times === 0) return
    if (--wanted.times > 0) return
    this.#prefixes--
    this.#bytes -= prefix.length
    prune(path)
  }

  /** Whether the first part begins with any of the prefixes. Prefixes that it does not begin with cost nothing. */
  wants([first]: Message): boolean {
    if (this.all) return true
    let at: Node | undefined = first && this.#root
    while (at && first) {
      if (at.times > 0) return true
      const next: Node | undefined = at.below.get(first[at.end] ?? -1)
      at = next && leads(next, first) ? next : undefined
    }
    return false
  }

  /** The nodes from the root to that of a prefix; none if it has none. */
  #path(prefix: Uint8Array): readonly Node[] {
    const path = [this.#root]
    for (let at: Node = this.#root; at.end < prefix.length; ) {
      const next = at.below.get(prefix[at.end] ?? -1)
      if (!next || !leads(next, prefix)) return []
      path.push(next)
      at = next
    }
    return path
  }

  /** The node of a prefix, which is made if there is none. */
  #made(prefix: Uint8Array): Node {
    let at = this.#root
    while (at.end < prefix.length) {
      const byte = prefix[at.end] ?? -1
      const next = at.below.get(byte)
      if (next && leads(next, prefix)) {
        at = next
        continue
      }
      // Copied: what was read around it must not be kept.
      const own = Uint8Array.from(prefix)
      const leaf = node(own, at.end, own.length)
      at.below.set(byte, leaf)
      return next ? branched(leaf, next, at) : leaf
    }
    if (at.times === 0) at.prefix = Uint8Array.from(prefix)
    return at
  }
}

function node(prefix: Uint8Array, start: number, end: number): Node {
  return { prefix, start, end, times: 0, below: new Map() }
}

/** Puts a new leaf and the node that is in its place below one fork. */
function branched(leaf: Node, other: Node, above: Node): Node {
  const { prefix, start } = leaf
  const end = firstDifference(other, prefix)
  other.start = end
  const next = other.prefix[end] ?? -1
  if (end === prefix.length) {
    leaf.below.set(next, other)
    return leaf
  }
  const fork = node(prefix, start, end)
  fork.below.set(next, other)
  leaf.start = end
  fork.below.set(prefix[end] ?? -1, leaf)
  above.below.set(prefix[start] ?? -1, fork)
  return leaf
}

/** Whether the bytes go on as they must to get to the node, given that they got to the one above. */
function leads(to: Node, bytes: Uint8Array): boolean {
  return to.end <= bytes.length && firstDifference(to, bytes) === to.end
}

function firstDifference({ prefix, start, end }: Node, bytes: Uint8Array): number {
  let at = start
  while (at < end && at < bytes.length && prefix[at] === bytes[at]) at++
  return at
}

/** Takes out the last node of a path, which nobody wants any more, unless it is a fork. */
function prune(path: readonly Node[]): void {
  const gone = path.at(-1)?.prefix
  for (let index = path.length - 1; index > 0; index--) {
    const at = path[index]
    const above = path[index - 1]
    if (!at || !above) return
    const [only, another] = at.below.values()
    if (at.times === 0 && !another) {
      const byte = at.prefix[at.start] ?? -1
      if (only) {
        only.start = at.start
        above.below.set(byte, only)
      } else {
        above.below.delete(byte)
      }
    } else if (only && at.prefix === gone && at.times === 0) {
      // So that a prefix is not kept longer than somebody wants it.
      at.prefix = only.prefix
    }
  }
}
