// The place of one reader of an HTTP output: whether it is there, and the question it waits with.

import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Answers } from './answers.ts'
import type { Reader } from './reader.ts'

/** A question is answered after this time, with nothing if there is nothing. */
export const POLL_MS = 25_000
/** Who is gone for longer than this does not keep a writer waiting, and is asked for no more. */
export const RETURN_MS = 500

export interface SeatOptions {
  /** Of the reader: its name, or that of the process which asks. */
  readonly id: string
  readonly reader: Reader
  /** By which it can come back as another process. */
  readonly name: string | undefined
  readonly answers: Answers
  /** The reader's connection is there; returns what is to be called when it is not. */
  readonly enter: () => () => void
  /** It has not come back in time. */
  readonly gone: () => void
}

export class Seat {
  readonly id: string
  readonly reader: Reader
  readonly name: string | undefined
  readonly #options: SeatOptions
  #question: { readonly response: ServerResponse; readonly format: string | undefined } | undefined
  #timer: NodeJS.Timeout | undefined
  #socket: Socket | undefined
  #leave = () => {}
  #unwatch = () => {}
  #returning: NodeJS.Timeout | undefined
  /** It has been told that nothing more comes. */
  hasEnd = false
  /** The process that asks. */
  asker: string | undefined
  isGone = false

  constructor(options: SeatOptions) {
    this.id = options.id
    this.reader = options.reader
    this.name = options.name
    this.#options = options
  }

  /** Another question takes the place of one that is still open. */
  ask(response: ServerResponse, format: string | undefined): void {
    this.#sendNothing()
    this.#arrive(response.req.socket)
    this.#question = { response, format }
    this.#timer = setTimeout(() => this.#sendNothing(), POLL_MS)
    response.on('close', () => {
      if (this.#question?.response === response) this.#drop()
    })
  }

  /** Answers an open question, if there is something to answer, or nothing will ever be. */
  answer(isEnded: boolean): void {
    const question = this.#question
    if (!question || !(this.reader.hasMore || isEnded)) return
    this.#drop()
    const { response, format } = question
    // The end is told to who asks behind the last packet: it has all of them.
    this.hasEnd = !this.reader.hasMore
    const portion = this.reader.take(format === 'packet' ? 1 : undefined)
    const standing = { response, next: this.reader.next, isLast: this.hasEnd }
    this.#options.answers.send(standing, portion, format)
  }

  /** It had one question, and its connection may have others. */
  depart(): void {
    this.#unwatch()
  }

  leave(): void {
    this.#sendNothing()
    clearTimeout(this.#returning)
    this.#leave()
  }

  #sendNothing(): void {
    const question = this.#question
    if (!question) return
    this.#drop()
    this.#options.answers.sendNothing({ response: question.response, next: this.reader.next, isLast: false })
  }

  #drop(): void {
    clearTimeout(this.#timer)
    this.#question = undefined
  }

  #arrive(socket: Socket): void {
    clearTimeout(this.#returning)
    this.isGone = false
    if (this.#socket === socket) return
    const before = this.#leave
    this.#socket = socket
    this.#leave = this.#options.enter()
    before()
    this.#unwatch()
    const onClose = () => this.#lose()
    // Behind a proxy many readers may share a connection.
    socket.setMaxListeners(0)
    socket.once('close', onClose)
    this.#unwatch = () => socket.off('close', onClose)
  }

  #lose(): void {
    this.#socket = undefined
    this.#leave()
    this.#returning = setTimeout(() => {
      this.isGone = true
      this.#options.gone()
    }, RETURN_MS)
  }
}
