// An HTTP endpoint as input that listens: what writers post, each once, also where they had to post it twice.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { LruMap } from '../../lru-map.ts'
import type { Batch } from '../../packet.ts'
import { merge } from '../../stream/merge.ts'
import type { Source } from '../../stream/step.ts'
import { type Endpoint, flagParam } from '../../url.ts'
import type { CarrierContext, Channel, Decode } from '../carrier.ts'
import { mostPeers } from '../listen.ts'
import { answer } from './guard.ts'
import { type HttpAddress, listenHttp } from './server.ts'
import { HEADER } from './wording.ts'

/** Writers whose numbers are remembered; the one that was quiet for longest is forgotten. */
const MOST_WRITERS = 1024
const CLOSING_MS = 2000

interface Writer {
  /** The number of the packet that is to come next. */
  next: number
  /** Resolves when the post before has been dealt with. */
  before: Promise<void>
}

/** Ends when stopped, or with `once` when the first writer has ended. A post is answered when its packets have been taken. */
export function postsSource(endpoint: Endpoint, address: HttpAddress, context: CarrierContext, decode: Decode): Source {
  const posts = new Posts(endpoint, address, context, decode)
  return merge(posts.sources(), () => posts.end())
}

class Posts {
  readonly #endpoint: Endpoint
  readonly #address: HttpAddress
  readonly #context: CarrierContext
  readonly #decode: Decode
  readonly #writers = new LruMap<string, Writer>(MOST_WRITERS)
  readonly #waiting: Source[] = []
  readonly #mostOpen: number
  /** Posts that are not dealt with, those included that broke off. */
  #open = 0
  #isOver = false
  #wake = () => {}

  constructor(endpoint: Endpoint, address: HttpAddress, context: CarrierContext, decode: Decode) {
    this.#endpoint = endpoint
    this.#mostOpen = 2 * mostPeers(endpoint)
    this.#address = address
    this.#context = context
    this.#decode = decode
  }

  async *sources(): AsyncGenerator<Source> {
    const { stop } = this.#context
    const onStop = () => this.end()
    stop.addEventListener('abort', onStop)
    if (stop.aborted) return
    const listener = await listenHttp(this.#endpoint, this.#address, this.#context, {
      POST: (request, response) => this.#receive(request, response),
    })
    try {
      for (;;) {
        const next = this.#waiting.shift()
        if (next) yield next
        else if (this.#isOver) return
        else {
          await new Promise<void>(resolve => {
            this.#wake = resolve
          })
        }
      }
    } finally {
      stop.removeEventListener('abort', onStop)
      await listener.close(CLOSING_MS)
    }
  }

  end(): void {
    this.#isOver = true
    this.#wake()
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    if (this.#isOver) {
      answer(response, 503, { error: 'the reader has ended' })
      return
    }
    if (this.#open >= this.#mostOpen) {
      answer(response, 503, { error: `${this.#open} posts wait: expected fewer at once` })
      return
    }
    this.#open++
    this.#waiting.push(this.#taken(request, response))
    this.#wake()
  }

  /** One writer's posts come one after the other: one that broke off is dealt with before it is posted again. */
  async *#taken(request: IncomingMessage, response: ServerResponse): AsyncGenerator<Batch> {
    const { headers } = request
    const writer = this.#writerOf(headers[HEADER.stream])
    const { before } = writer
    let done = () => {}
    writer.before = new Promise(resolve => {
      done = resolve
    })
    await before
    const state = { received: 0, rejected: 0, isBroken: false }
    try {
      yield* this.#packets(request, writer, state)
    } finally {
      this.#open--
      done()
    }
    if (state.isBroken) return
    answer(response, 200, { received: state.received, rejected: state.rejected })
    if (headers[HEADER.end] !== undefined && flagParam(this.#endpoint, 'once')) this.end()
  }

  async *#packets(request: IncomingMessage, writer: Writer, state: State): AsyncGenerator<Batch> {
    const number = Number(request.headers[HEADER.from] ?? writer.next)
    const first = Number.isSafeInteger(number) ? number : writer.next
    let at = first
    const channel: Channel = {
      name: `http://${request.socket.remoteAddress}:${request.socket.remotePort}`,
      bytes: bytesOf(request, state),
      get resent() {
        return state.isBroken && request.headers[HEADER.stream] !== undefined
      },
      onReject() {
        state.rejected++
        at++
      },
    }
    for await (const batch of this.#decode(channel)) {
      const known = Math.max(0, Math.min(batch.length, writer.next - at))
      at += batch.length
      state.received += batch.length
      writer.next = Math.max(writer.next, at)
      if (known < batch.length) yield known === 0 ? batch : batch.slice(known)
    }
  }

  #writerOf(stream: string | string[] | undefined): Writer {
    if (typeof stream !== 'string') return { next: 0, before: Promise.resolve() }
    return this.#writers.getOrMake(stream, () => ({ next: 0, before: Promise.resolve() }))
  }
}

interface State {
  received: number
  rejected: number
  isBroken: boolean
}

async function* bytesOf(request: IncomingMessage, state: State): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of request) {
      const bytes: Uint8Array = chunk
      yield bytes
    }
  } catch {
    state.isBroken = true
  }
}
