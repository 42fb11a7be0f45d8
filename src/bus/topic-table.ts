// Topics by their bytes: what is known of a topic is found by how it stands in a line, without making text of it.

import type { Envelope } from '../codec/envelope.ts'

/** A topic that was seen. */
export interface Topic<Route> {
  readonly text: string
  readonly bytes: Buffer
  route: Route
  /** Of the table, when the route was found. */
  version: number
}

/** Most topics that are kept; one more and all are forgotten, which costs less than choosing. */
const MOST = 65_536

export class TopicTable<Route> {
  readonly #find: (text: string) => Route
  /** By hash. Of two topics with the same hash the one that came last is known. */
  readonly #topics = new Map<number, Topic<Route>>()
  #last: Topic<Route> | undefined
  #version = 0

  constructor(find: (text: string) => Route) {
    this.#find = find
  }

  /** Routes may have changed: each is found anew when it is asked for. */
  outdate(): void {
    this.#version++
  }

  /** The topic that the envelope has found in the buffer. */
  get(buffer: Buffer, envelope: Envelope): Topic<Route> {
    let topic = this.#last
    if (!topic || !isSame(topic.bytes, buffer, envelope)) topic = this.#known(buffer, envelope)
    if (topic.version !== this.#version) {
      topic.route = this.#find(topic.text)
      topic.version = this.#version
    }
    this.#last = topic
    return topic
  }

  #known(buffer: Buffer, envelope: Envelope): Topic<Route> {
    const hash = envelope.hash(buffer)
    const topic = this.#topics.get(hash)
    return topic && isSame(topic.bytes, buffer, envelope) ? topic : this.#add(buffer, envelope, hash)
  }

  #add(buffer: Buffer, envelope: Envelope, hash: number): Topic<Route> {
    const { topicStart, topicEnd } = envelope
    const bytes = Buffer.from(buffer.subarray(topicStart, topicEnd))
    const text = envelope.topicText(buffer)
    const topic = { text, bytes, route: this.#find(text), version: this.#version }
    if (this.#topics.size >= MOST) this.#topics.clear()
    this.#topics.set(hash, topic)
    return topic
  }
}

function isSame(bytes: Buffer, buffer: Buffer, { topicStart, topicEnd }: Envelope): boolean {
  const { length } = bytes
  if (topicEnd - topicStart !== length) return false
  for (let i = 0; i < length; i++) if (bytes[i] !== buffer[topicStart + i]) return false
  return true
}
