// The live page: spectra are shown to whoever looks, each at the rate of its own screen; nobody who looks slows the data.

import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { makeIds } from '../id.ts'
import type { Packet } from '../packet.ts'
import { Audience } from '../stream/demand.ts'
import { pageEndpoint } from './address.ts'
import { Gallery, MOST_TRACES } from './gallery.ts'
import type { Notice, View } from './message.ts'
import { type PageServer, servePage } from './server.ts'

export interface PageOptions {
  readonly title: string
  readonly view: View
  /** The names of the inputs, in the order in which they are shown. */
  readonly inputs?: readonly string[]
  readonly warn: (message: string) => void
}

/** A page says a word of a few bytes. */
const LONGEST_WORD = 1024
/** Who does not answer within this time is gone: a lid was closed, a cable pulled. */
const SILENCE_MS = 10_000
/** What was written last still arrives. */
const GOODBYE_MS = 1000
const GOING_AWAY = 1001

export class Page {
  /** Those who look. */
  readonly demand = new Audience()
  readonly #options: PageOptions
  readonly #gallery: Gallery
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: LONGEST_WORD, perMessageDeflate: false })
  readonly #run = makeIds()()
  #server: PageServer | undefined
  #ended: Notice | undefined

  private constructor(options: PageOptions) {
    this.#options = options
    this.#gallery = new Gallery({
      inputs: options.inputs ?? [],
      onCrowd: () => options.warn(`more than ${MOST_TRACES} names: the others are not shown`),
    })
  }

  /** Serves at `HOST:PORT` or a URL, and says where. */
  static async open(address: string, options: PageOptions): Promise<Page> {
    const page = new Page(options)
    page.#server = await servePage(pageEndpoint(address), {
      warn: options.warn,
      onSocket: (request, connection, head) => page.#join(request, connection, head),
    })
    return page
  }

  get url(): string {
    return this.#server?.url ?? ''
  }

  /** A packet of an input, whose name stands above its panel; false where it is no whole spectrum. */
  show(input: string, packet: Packet): boolean {
    return this.#gallery.push(input, packet)
  }

  /** To those who wait for it, what has been shown since. */
  offer(): void {
    this.#gallery.offer()
  }

  /** Nothing more will come; the pages keep what they show. */
  end(reason: string): void {
    this.#gallery.finish()
    this.#ended = { kind: 'ended', at: new Date().toISOString(), reason }
    for (const socket of this.#sockets.clients) say(socket, this.#ended)
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sockets.clients].map(goodbye))
    this.#server?.close()
  }

  #join(request: IncomingMessage, connection: Duplex, head: Buffer): void {
    this.#sockets.handleUpgrade(request, connection, head, socket => this.#welcome(socket))
  }

  #welcome(socket: WebSocket): void {
    const leave = this.demand.enter()
    const { title, view } = this.#options
    say(socket, { kind: 'hello', build: this.#server?.build ?? '', run: this.#run, title, view })
    const viewer = this.#gallery.join({
      send(chunks) {
        const last = chunks.length - 1
        for (const [index, chunk] of chunks.entries()) socket.send(chunk, { binary: true, fin: index === last })
      },
    })
    if (this.#ended) say(socket, this.#ended)
    let isHeard = true
    const watch = setInterval(() => {
      if (!isHeard) socket.terminate()
      isHeard = false
      socket.ping()
    }, SILENCE_MS)
    socket.on('pong', () => {
      isHeard = true
    })
    socket.on('message', () => viewer.drawn())
    socket.on('error', () => socket.terminate())
    socket.on('close', () => {
      clearInterval(watch)
      this.#gallery.leave(viewer)
      leave()
    })
  }
}

function say(socket: WebSocket, notice: Notice): void {
  socket.send(JSON.stringify(notice))
}

function goodbye(socket: WebSocket): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(() => socket.terminate(), GOODBYE_MS)
    socket.once('close', () => {
      clearTimeout(timer)
      resolve()
    })
    socket.close(GOING_AWAY)
  })
}
