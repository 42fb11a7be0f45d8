// Marks of messages: who has sent it, and the how manieth of its topic it was. Engines that carry them show what is lost
// on the way, and what came twice because it was sent twice.

import { randomBytes } from 'node:crypto'

/** Most topics or senders that are known at a time; one more and all are forgotten, and known anew from their next message on. */
const MOST = 65_536

/** `daq-SENDER-TOPIC-NUMBER`: numbers of one sender's topic follow each other. */
const MARK = /^(daq-[0-9a-f]{16}-\d+)-(\d+)$/

interface Counted {
  readonly prefix: string
  count: number
}

/** One sender's marks. */
export class Marker {
  readonly #sender = `daq-${randomBytes(8).toString('hex')}`
  readonly #topics = new Map<string, Counted>()
  #topicsSeen = 0
  #last: { readonly topic: string; readonly counted: Counted } | undefined

  next(topic: string): string {
    const counted = this.#last?.topic === topic ? this.#last.counted : this.#find(topic)
    return counted.prefix + counted.count++
  }

  #find(topic: string): Counted {
    let counted = this.#topics.get(topic)
    if (!counted) {
      if (this.#topics.size >= MOST) this.#topics.clear()
      counted = { prefix: `${this.#sender}-${this.#topicsSeen++}-`, count: 0 }
      this.#topics.set(topic, counted)
    }
    this.#last = { topic, counted }
    return counted
  }
}

/** How many messages are missing before this one; `duplicate` when it has come before. */
export type Order = number | 'duplicate'

/** What a subscriber that gets all messages of its topics learns from their marks. */
export class MarkReader {
  readonly #last = new Map<string, number>()

  read(mark: string): Order {
    const found = MARK.exec(mark)
    if (!found?.[1]) return 0
    const number = Number(found[2])
    const last = this.#last.get(found[1])
    if (last !== undefined && number <= last) return 'duplicate'
    if (last === undefined && this.#last.size >= MOST) this.#last.clear()
    this.#last.set(found[1], number)
    return last === undefined ? 0 : number - last - 1
  }
}
