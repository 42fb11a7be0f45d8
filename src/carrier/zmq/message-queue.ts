// Messages that wait, oldest first, and how many bytes they hold.

import type { Message } from '../../zmtp/message.ts'
import { SLICE, sizeOf } from './outgoing.ts'

/** Takes the place of a message that has left, so that its memory is free. */
const GONE: Message = []

/** So many places may be empty before the rest moves up. */
const EMPTY_PLACES = 1024

/** Unbounded: whoever pushes keeps the bound. */
export class MessageQueue {
  #messages: Message[] = []
  #head = 0
  #bytes = 0

  get length(): number {
    return this.#messages.length - this.#head
  }

  get bytes(): number {
    return this.#bytes
  }

  push(message: Message): void {
    this.#messages.push(message)
    this.#bytes += sizeOf(message)
  }

  shift(): Message | undefined {
    if (this.length === 0) return undefined
    const message = this.#messages[this.#head] ?? GONE
    this.#messages[this.#head++] = GONE
    this.#bytes -= sizeOf(message)
    if (this.#head >= EMPTY_PLACES && this.#head * 2 >= this.#messages.length) this.#moveUp()
    else if (this.length === 0) this.takeAll()
    return message
  }

  /** What goes out in one write: at least one message if there is any, and no more once it is large. */
  takeSlice(): Message[] {
    const messages: Message[] = []
    for (let bytes = 0; bytes < SLICE; ) {
      const message = this.shift()
      if (!message) break
      messages.push(message)
      bytes += sizeOf(message)
    }
    return messages
  }

  takeAll(): Message[] {
    const messages = this.#messages.slice(this.#head)
    this.#messages = []
    this.#head = 0
    this.#bytes = 0
    return messages
  }

  #moveUp(): void {
    this.#messages = this.#messages.slice(this.#head)
    this.#head = 0
  }
}
