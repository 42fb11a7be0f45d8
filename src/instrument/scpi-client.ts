// SCPI over TCP, as its user: commands in order, one question at a time.

import type { Socket } from 'node:net'
import { connect, hangUp, receive } from '../carrier/socket.ts'
import { asBuffer } from '../codec/gather.ts'
import { CarrierError, systemReason } from '../errors.ts'
import { Timer } from '../timer.ts'
import { formatDuration } from '../units.ts'
import { type Reply, ReplyReader } from './scpi-reply.ts'

/** An instrument that says nothing for so long has not understood. */
const PATIENCE_MS = 8000

export interface ScpiOptions {
  readonly host: string
  readonly port: number
  /** Ends the trying to connect. */
  readonly stop: AbortSignal
  readonly warn: (message: string) => void
  /** Milliseconds until a connection or an answer is given up; default 8 s. */
  readonly patience?: number
}

interface Order {
  readonly text: string
  readonly isQuestion: boolean
  readonly done: (reply: Reply) => void
  readonly fail: (error: Error) => void
}

/** After the first failure every later call fails the same way: nobody would know which answer belongs to what. */
export class ScpiClient {
  readonly name: string
  readonly #socket: Socket
  readonly #patience: number
  readonly #queue: Order[] = []
  #pending: Order | undefined
  #timer: Timer | undefined
  #failure: Error | undefined

  /** Rejects with a CarrierError; gives nothing if stopped before it is connected. */
  static async open({ host, port, stop, warn, patience = PATIENCE_MS }: ScpiOptions): Promise<ScpiClient | undefined> {
    const name = `scpi://${host.includes(':') ? `[${host}]` : host}:${port}`
    const socket = await connect({ name, options: { host, port } }, { wait: patience, stop, warn })
    return socket && new ScpiClient(socket, { name, patience })
  }

  private constructor(socket: Socket, { name, patience }: { readonly name: string; readonly patience: number }) {
    this.name = name
    this.#socket = socket
    this.#patience = patience
    void this.#read()
  }

  /** A command; resolves when it has been sent, which is after all questions before it have been answered. */
  async set(text: string): Promise<void> {
    await this.#order(text, { isQuestion: false })
  }

  /** The answer to a question. */
  query(text: string): Promise<Reply> {
    return this.#order(text, { isQuestion: true })
  }

  /** The answer as text; a block is none. */
  async ask(text: string): Promise<string> {
    const reply = await this.query(text)
    if (typeof reply === 'string') return reply
    throw new CarrierError(this.name, `'${text}' was answered by a block of ${reply.length} bytes, expected text`)
  }

  async close(): Promise<void> {
    this.#fail(new CarrierError(this.name, 'the connection was closed'))
    await hangUp(this.#socket)
  }

  #order(text: string, { isQuestion }: { readonly isQuestion: boolean }): Promise<Reply> {
    return new Promise((done, fail) => {
      if (this.#failure) return fail(this.#failure)
      this.#queue.push({ text, isQuestion, done, fail })
      this.#send()
    })
  }

  /** Everything up to the next question, and that. */
  #send(): void {
    while (!this.#pending) {
      const order = this.#queue.shift()
      if (!order) return
      this.#socket.write(`${order.text}\n`)
      if (!order.isQuestion) order.done('')
      else {
        this.#pending = order
        this.#timer = new Timer(this.#patience, () => this.#giveUp(order.text))
      }
    }
  }

  async #read(): Promise<void> {
    const { signal: stop } = new AbortController()
    const reader = new ReplyReader(this.name)
    const broken = (error: Error) => new CarrierError(this.name, systemReason(error), { cause: error })
    try {
      for await (const bytes of receive(this.#socket, { stop, broken }).bytes) {
        for (const reply of reader.push(asBuffer(bytes))) this.#answer(reply)
      }
      this.#fail(new CarrierError(this.name, 'the instrument closed the connection'))
    } catch (error) {
      this.#fail(error instanceof Error ? error : new CarrierError(this.name, String(error)))
    }
  }

  /** What nobody has asked for is nobody's answer. */
  #answer(reply: Reply): void {
    const order = this.#pending
    this.#timer?.stop()
    this.#pending = undefined
    order?.done(reply)
    this.#send()
  }

  #giveUp(text: string): void {
    this.#fail(new CarrierError(this.name, `no answer to '${text}' for ${formatDuration(this.#patience)}`))
    this.#socket.destroy()
  }

  #fail(error: Error): void {
    this.#failure ??= error
    this.#timer?.stop()
    const orders = [this.#pending, ...this.#queue.splice(0)]
    this.#pending = undefined
    for (const order of orders) order?.fail(this.#failure)
  }
}
