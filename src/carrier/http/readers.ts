// An HTTP endpoint as output that listens: readers ask, each where it is, and are answered what is ready for it.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { makeIds } from '../../id.ts'
import type { Batch } from '../../packet.ts'
import { Audience } from '../../stream/demand.ts'
import type { StageCount } from '../../stream/ledger.ts'
import type { Sink } from '../../stream/step.ts'
import { parseCount, parseDuration } from '../../units.ts'
import { type Endpoint, param } from '../../url.ts'
import type { CarrierContext, Encode } from '../carrier.ts'
import { PEERS_PARAM } from '../fan-out.ts'
import { pause } from '../socket.ts'
import { WRITE_AHEAD } from '../socket-writer.ts'
import { Answers } from './answers.ts'
import { Refused } from './guard.ts'
import { History } from './history.ts'
import { type Question, readQuestion } from './question.ts'
import { Reader } from './reader.ts'
import { RETURN_MS, Seat } from './seat.ts'
import { type HttpAddress, type HttpListener, listenHttp } from './server.ts'

/** At the end, a reader that packets may be dropped for gets this long to take what waits for it. */
const PATIENCE_MS = 2000
/** Names that are remembered while nobody asks by them. */
const MOST_NAMES = 1024

export async function serveReaders(
  endpoint: Endpoint,
  address: HttpAddress,
  context: CarrierContext,
  encode: Encode,
): Promise<Sink> {
  const readers = new Readers(endpoint, context, encode)
  await readers.open(endpoint, address)
  return readers
}

class Readers implements Sink {
  readonly demand = new Audience()
  readonly #context: CarrierContext
  readonly #count: StageCount
  readonly #answers: Answers
  readonly #stream = makeIds()()
  readonly #history: History
  readonly #seats = new Map<string, Seat>()
  readonly #wanted: number
  readonly #linger: number
  readonly #address: string
  #listener: HttpListener | undefined
  readonly #guests = new Set<Seat>()
  #joined = 0
  #isEnded = false
  #isLate = false
  #woken = new Set<() => void>()

  constructor(endpoint: Endpoint, context: CarrierContext, encode: Encode) {
    this.#context = context
    this.#count = context.ledger.stage('output')
    // Who does not want to lose any is written ahead for, as over any other connection.
    const bytes = context.policy === 'block' ? WRITE_AHEAD : 0
    this.#history = new History({ packets: context.buffer, bytes, encode })
    this.#answers = new Answers(this.#stream, this.#history, encode, this.#count)
    this.#wanted = param(endpoint, PEERS_PARAM.name, parseCount) ?? 0
    this.#linger = param(endpoint, 'linger', parseDuration) ?? 0
    this.#address = `${endpoint.scheme}:${endpoint.rest}`
    context.stop.addEventListener('abort', () => this.#wake())
  }

  async open(endpoint: Endpoint, address: HttpAddress): Promise<void> {
    this.#listener = await listenHttp(endpoint, address, this.#context, {
      GET: (request, response, url) => this.#ask(request, response, readQuestion(url, request)),
      POST: (request, response, url) => this.#confirm(response, readQuestion(url, request)),
    })
  }

  write(batch: Batch): void | Promise<void> {
    const { stop } = this.#context
    if (this.#joined >= this.#wanted || stop.aborted) return this.#put(batch)
    return this.#until(() => this.#joined >= this.#wanted || stop.aborted).then(() => this.#put(batch))
  }

  /** Resolves when the readers that have names have dealt with all of it, as far as they are there. */
  commit(): void | Promise<void> {
    const { end } = this.#history
    const isDealtWith = () =>
      [...this.#seats.values()].every(seat => seat.isGone || seat.name === undefined || seat.reader.done >= end)
    return isDealtWith() ? undefined : this.#until(isDealtWith)
  }

  async close(): Promise<void> {
    const { policy, stop } = this.#context
    this.#isEnded = true
    for (const seat of this.#seats.values()) seat.answer(true)
    const late = setTimeout(() => {
      this.#isLate = true
      this.#wake()
    }, PATIENCE_MS)
    const hasGuests = () => this.#guests.size > 0 && !(this.#isLate && policy !== 'block')
    await this.#until(() => !hasGuests() && [...this.#seats.values()].every(seat => this.#isDone(seat)))
    clearTimeout(late)
    await pause(this.#linger, stop)
    for (const seat of this.#seats.values()) seat.leave()
    await this.#listener?.close(policy === 'block' ? Number.POSITIVE_INFINITY : PATIENCE_MS)
  }

  async abort(): Promise<void> {
    this.#listener?.cut()
    for (const seat of this.#seats.values()) seat.leave()
  }

  /** Who has all but the word that it was all is not waited for as long as who has not. */
  #isDone({ isGone, hasEnd, reader }: Seat): boolean {
    return isGone || hasEnd || (this.#isLate && (this.#context.policy !== 'block' || !reader.hasMore))
  }

  #put(batch: Batch, from = 0): void | Promise<void> {
    for (let at = from; at < batch.length; ) {
      const room = Math.min(this.#room(), this.#history.bound)
      if (room <= 0) return this.#until(() => this.#room() > 0).then(() => this.#put(batch, at))
      const piece = at === 0 && batch.length <= room ? batch : batch.slice(at, at + room)
      for (const seat of this.#seats.values()) if (!seat.isGone) seat.reader.makeRoom(piece)
      this.#history.append(piece, this.#held())
      for (const seat of this.#seats.values()) seat.answer(false)
      at += piece.length
    }
  }

  /** How much may be written until the slowest of those who are there would miss some. */
  #room(): number {
    let room = Number.POSITIVE_INFINITY
    for (const { reader, isGone } of this.#seats.values()) if (!isGone) room = Math.min(room, reader.room)
    return room
  }

  #held(): number {
    let held = Number.POSITIVE_INFINITY
    for (const { reader, isGone } of this.#seats.values()) if (!isGone) held = Math.min(held, reader.held)
    return held
  }

  #ask({ socket }: IncomingMessage, response: ServerResponse, question: Question): void {
    const seat = this.#seatOf(question, `http://${socket.remoteAddress}:${socket.remotePort}`)
    if (question.done !== undefined) seat.reader.done = Math.max(seat.reader.done, question.done)
    seat.asker = question.reader
    if (question.name === undefined && question.reader === undefined) this.#receive(seat, response)
    seat.ask(response, question.format)
    seat.answer(this.#isEnded)
    this.#wake()
  }

  /** What a reader has dealt with, said while its question is open. */
  #confirm(response: ServerResponse, { name, reader, stream, done }: Question): void {
    const seat = this.#seats.get(name ?? reader ?? '')
    if (!seat || stream !== this.#stream || done === undefined) throw new Refused(404, 'no such reader')
    seat.reader.done = Math.max(seat.reader.done, Math.min(done, this.#history.end))
    response.writeHead(204).end()
    this.#wake()
  }

  /** The seat of who asks, where it says that it is. */
  #seatOf(question: Question, peer: string): Seat {
    const { from, got, name, reader, stream } = question
    const isOurs = stream === undefined || stream === this.#stream
    const id = name ?? reader
    const known = id === undefined ? undefined : this.#seats.get(id)
    if (!known) return this.#newSeat(question, isOurs ? from : 0, peer)
    const isAnother = name !== undefined && reader !== known.asker
    if (isAnother) known.reader.seek(known.reader.done)
    else known.reader.seek(isOurs ? (from ?? known.reader.next) : known.reader.next, got)
    return known
  }

  #newSeat({ name, reader: asker, policy, buffer }: Question, from: number | undefined, peer: string): Seat {
    const id = name ?? asker ?? `guest ${this.#joined}`
    const isGuest = name === undefined && asker === undefined
    const { end } = this.#history
    const reader = new Reader(
      {
        name: `${this.#address} to ${name ?? peer}`,
        policy: policy ?? (isGuest ? 'drop-oldest' : this.#context.policy),
        bound: buffer,
        history: this.#history,
        count: this.#count,
      },
      Math.min(from ?? end, end),
    )
    const enter = () => (isGuest ? () => {} : this.demand.enter())
    const seat = new Seat({ reader, name, answers: this.#answers, enter, gone: () => this.#gone(id, name) })
    this.#seats.set(id, seat)
    this.#joined++
    return seat
  }

  /** Somebody who does not say who it is: it has this one question, and may come back with another one. */
  #receive(seat: Seat, response: ServerResponse): void {
    const leave = this.demand.enter()
    this.#guests.add(seat)
    const depart = () => {
      leave()
      this.#guests.delete(seat)
      this.#wake()
    }
    response.once('close', () => {
      for (const [id, other] of this.#seats) if (other === seat) this.#seats.delete(id)
      if (seat.hasEnd) depart()
      else setTimeout(depart, RETURN_MS)
    })
  }

  #gone(id: string, name: string | undefined): void {
    const forgotten = [...this.#seats]
      .filter(([, seat]) => seat.isGone && seat.name !== undefined)
      .slice(0, -MOST_NAMES)
    for (const [old] of forgotten) this.#seats.delete(old)
    if (name === undefined) this.#seats.delete(id)
    this.#wake()
  }

  #until(condition: () => boolean): Promise<void> {
    return new Promise(resolve => {
      const look = () => {
        if (!condition()) return
        this.#woken.delete(look)
        resolve()
      }
      this.#woken.add(look)
      look()
    })
  }

  #wake(): void {
    for (const look of [...this.#woken]) look()
  }
}
