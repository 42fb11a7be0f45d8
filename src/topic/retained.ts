// The last message of each address, kept for those who subscribe later.

import { ANY_WORDS, ONE_WORD, wordsOf } from './address.ts'

interface Kept<Message> {
  readonly address: string
  readonly message: Message
  /** When it is to be forgotten. */
  readonly until: number
}

class Node<Message> {
  words: Map<string, Node<Message>> | undefined
  kept: Kept<Message> | undefined
}

export interface RetainedOptions {
  /** Addresses; one more than these is refused. */
  readonly most?: number
}

const MOST = 1_000_000

/** Addresses whose messages end in the same second are forgotten together. */
const TOGETHER_MS = 1000

export class Retained<Message extends object> {
  readonly #most: number
  readonly #root = new Node<Message>()
  readonly #ending = new Map<number, Set<string>>()
  #size = 0

  constructor({ most = MOST }: RetainedOptions = {}) {
    this.#most = most
  }

  get size(): number {
    return this.#size
  }

  /** Takes the place of the one before. False where there is no room for one more address. */
  set(address: string, message: Message, until = Number.POSITIVE_INFINITY): boolean {
    if (this.#size >= this.#most && !this.#find(address)?.kept) return false
    let node = this.#root
    for (const word of wordsOf(address)) {
      node.words ??= new Map()
      const next = node.words.get(word) ?? new Node<Message>()
      node.words.set(word, next)
      node = next
    }
    if (node.kept) this.#unlist(node.kept)
    else this.#size++
    node.kept = { address, message, until }
    this.#list(node.kept)
    return true
  }

  /** Whether there was one. */
  delete(address: string): boolean {
    const path = [this.#root]
    const words = wordsOf(address)
    for (const word of words) {
      const next = path.at(-1)?.words?.get(word)
      if (!next) return false
      path.push(next)
    }
    const last = path.at(-1)
    if (!last?.kept) return false
    this.#unlist(last.kept)
    last.kept = undefined
    this.#size--
    for (let depth = words.length; depth > 0; depth--) {
      const node = path[depth]
      const above = path[depth - 1]
      if (!above?.words || node?.kept || node?.words) break
      above.words.delete(words[depth - 1] ?? '')
      if (above.words.size === 0) above.words = undefined
    }
    return true
  }

  /** Those of the addresses that a pattern stands for and whose time is not over. The cost is that of the words it meets. */
  matching(pattern: string, now: number): readonly (readonly [address: string, message: Message])[] {
    const words = wordsOf(pattern)
    const found: (readonly [string, Message])[] = []
    collect(this.#root, words, withSkips(words, [0]), kept => {
      if (kept.until > now) found.push([kept.address, kept.message])
    })
    return found
  }

  /** Forgets those whose time is over: how many. */
  expire(now: number): number {
    let forgotten = 0
    for (const [end, addresses] of this.#ending) {
      if (end * TOGETHER_MS > now) continue
      for (const address of addresses) {
        const kept = this.#find(address)?.kept
        if (kept && kept.until <= now && this.delete(address)) forgotten++
      }
    }
    return forgotten
  }

  #find(address: string): Node<Message> | undefined {
    let node: Node<Message> | undefined = this.#root
    for (const word of wordsOf(address)) node = node?.words?.get(word)
    return node
  }

  #list({ address, until }: Kept<Message>): void {
    if (until === Number.POSITIVE_INFINITY) return
    const end = Math.floor(until / TOGETHER_MS)
    const addresses = this.#ending.get(end)
    if (addresses) addresses.add(address)
    else this.#ending.set(end, new Set([address]))
  }

  #unlist({ address, until }: Kept<Message>): void {
    const end = Math.floor(until / TOGETHER_MS)
    const addresses = this.#ending.get(end)
    if (addresses?.delete(address) && addresses.size === 0) this.#ending.delete(end)
  }
}

/** Walks the tree of addresses with the places in the pattern that a node may be at: each node once, whatever the pattern. */
function collect<Message>(
  node: Node<Message>,
  pattern: readonly string[],
  places: readonly number[],
  take: (kept: Kept<Message>) => void,
): void {
  if (node.kept && places.includes(pattern.length)) take(node.kept)
  if (!node.words) return
  const [place] = places
  const word = place === undefined ? undefined : pattern[place]
  if (places.length === 1 && place !== undefined && word !== ONE_WORD && word !== ANY_WORDS) {
    const next = word === undefined ? undefined : node.words.get(word)
    if (next) collect(next, pattern, withSkips(pattern, [place + 1]), take)
    return
  }
  for (const [word, next] of node.words) {
    const after: number[] = []
    for (const place of places) {
      const expected = pattern[place]
      if (expected === ANY_WORDS) after.push(place)
      else if (expected === ONE_WORD || expected === word) after.push(place + 1)
    }
    if (after.length > 0) collect(next, pattern, withSkips(pattern, after), take)
  }
}

/** The places, and those that are reached from them where a `#` stands for no word: each once, in order. */
function withSkips(pattern: readonly string[], places: readonly number[]): readonly number[] {
  const all = new Set<number>()
  for (let place of places) {
    all.add(place)
    while (pattern[place] === ANY_WORDS) all.add(++place)
  }
  return [...all].sort((a, b) => a - b)
}
