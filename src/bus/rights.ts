// What a client may do: publish to some topics, subscribe to some.

import { ANY_WORDS, covers, isPattern, ONE_WORD, wordsOf } from '../topic/address.ts'

/** The first word of the addresses that answers to requests go to, and of groups of one: who knows one may use it. */
export const REPLY = '_reply'
/** Characters of such an address that nobody can guess. */
const SECRET = 32
/** Topics whose answer is kept. */
const MOST_KEPT = 10_000

export interface Grants {
  /** Patterns of topics. */
  readonly publish: readonly string[]
  readonly subscribe: readonly string[]
  /** Whether it may ask for the state of the broker. */
  readonly ps: boolean
}

export class Rights {
  readonly ps: boolean
  /** Any topic: nothing has to be looked up. */
  readonly publishesAll: boolean
  readonly #publish: readonly (readonly string[])[]
  readonly #subscribe: readonly (readonly string[])[]
  readonly #known = new Map<string, boolean>()

  constructor({ publish, subscribe, ps }: Grants) {
    this.#publish = publish.map(wordsOf)
    this.#subscribe = subscribe.map(wordsOf)
    this.ps = ps
    this.publishesAll = publish.includes(ANY_WORDS)
  }

  mayPublish(topic: string): boolean {
    const known = this.#known.get(topic)
    if (known !== undefined) return known
    const words = wordsOf(topic)
    const may = isReply(topic) || this.#publish.some(pattern => covers(pattern, words))
    if (this.#known.size >= MOST_KEPT) this.#known.clear()
    this.#known.set(topic, may)
    return may
  }

  /** Whether all topics that the pattern stands for are allowed, as far as one pattern that is granted shows it. */
  maySubscribe(pattern: string): boolean {
    const words = wordsOf(pattern)
    return isReply(pattern) || this.#subscribe.some(granted => contains(granted, words))
  }
}

/** Where no tokens are asked for. */
export const ALL_RIGHTS = new Rights({ publish: ['#'], subscribe: ['#'], ps: true })

function isReply(address: string): boolean {
  return address.startsWith(`${REPLY}.`) && address.length >= REPLY.length + SECRET && !isPattern(address)
}

/** Whether every address that `part` stands for is one that `whole` stands for: word for word, # within #. */
export function contains(whole: readonly string[], part: readonly string[]): boolean {
  const [first, ...rest] = whole
  if (first === undefined) return part.length === 0
  const [word, ...others] = part
  if (first === ANY_WORDS) return contains(rest, part) || (word !== undefined && contains(whole, others))
  if (word === undefined || word === ANY_WORDS) return false
  return (first === ONE_WORD || first === word) && contains(rest, others)
}
