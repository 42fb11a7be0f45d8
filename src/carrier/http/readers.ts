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
import { PATIENCE_MS, PEERS_PARAM, TOO_SLOW } from '../fan-out.ts'
import { mostPeers } from '../listen.ts'
import { pause } from '../socket.ts'
import { WRITE_AHEAD } from '../socket-writer.ts'
import { Answers } from './answers.ts'
import { Refused } from './guard.ts'
import { History } from './history.ts'
import { type Question, readQuestion } from './question.ts'
import { Reader } from './reader.ts'
import { RETURN_MS, Seat } from './seat.ts'
import { Seats } from './seats.ts'
import { type HttpAddress, type HttpListener, listenHttp } from './server.ts'

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
  readonly #seats: Seats
  readonly #wanted: number
  readonly #linger: number
  readonly #address: string
  #listener: HttpListener | undefined
  readonly #guests = new Set<Seat>()
  /** Questions of readers that are waited for, until their answers have gone out. */
  readonly #awaited = new Set<ServerResponse>()
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
    this.#seats = new Seats({
      most: mostPeers(endpoint),
      onForgotten: (name, most) => context.warn(`${this.#address}: more than ${most} names: ${name} is forgotten`),
    })
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
      [...this.#seats].every(seat => seat.isGone || seat.name === undefined || seat.reader.done >= end)
    return isDealtWith() ? undefined : this.#until(isDealtWith)
  }

  async close(): Promise<void> {
    this.#isEnded = true
    for (const seat of this.#seats) seat.answer(true)
    const late = setTimeout(() => {
      this.#isLate = true
      this.#wake()
    }, PATIENCE_MS)
    const hasGuests = () => [...this.#guests].some(({ reader }) => reader.isWaitedFor || !this.#isLate)
    await this.#until(() => !hasGuests() && [...this.#seats].every(seat => this.#isDone(seat)))
    clearTimeout(late)
    await pause(this.#linger, this.#context.stop)
    for (const seat of this.#seats) {
      if (!seat.isGone) seat.reader.abandon()
      seat.leave()
    }
    await this.#until(() => this.#awaited.size === 0)
    const cut = await this.#listener?.close(PATIENCE_MS)
    // Nobody knows how much of an answer has arrived: each is one loss.
    if (cut) this.#count.drop(TOO_SLOW, cut)
  }

  async abort(): Promise<void> {
    this.#listener?.cut()
    for (const seat of this.#seats) seat.leave()
  }

  /** Who has all but the word that it was all is not waited for as long as who has not. */
  #isDone({ isGone, hasEnd, reader }: Seat): boolean {
    return isGone || hasEnd || (this.#isLate && !(reader.isWaitedFor && reader.hasMore))
  }

  #put(batch: Batch, from = 0): void | Promise<void> {
    for (let at = from; at < batch.length; ) {
      const room = Math.min(this.#seats.room, this.#history.bound)
      if (room <= 0) return this.#until(() => this.#seats.room > 0).then(() => this.#put(batch, at))
      const piece = at === 0 && batch.length <= room ? batch : batch.slice(at, at + room)
      for (const seat of this.#seats) if (!seat.isGone) seat.reader.makeRoom(piece)
      this.#history.append(piece, this.#seats.held)
      for (const seat of this.#seats) seat.answer(false)
      at += piece.length
    }
  }

  #ask({ socket }: IncomingMessage, response: ServerResponse, question: Question): void {
    const seat = this.#seatOf(question, `http://${socket.remoteAddress}:${socket.remotePort}`)
    if (question.done !== undefined) seat.reader.done = Math.max(seat.reader.done, question.done)
    seat.asker = question.reader
    if (question.name === undefined && question.reader === undefined) this.#receive(seat, response)
    if (seat.reader.isWaitedFor) this.#await(response)
    seat.ask(response, question.format)
    seat.answer(this.#isEnded)
    this.#wake()
  }

  #await(response: ServerResponse): void {
    this.#awaited.add(response)
    response.once('close', () => {
      this.#awaited.delete(response)
      this.#wake()
    })
  }

  /** What a reader has dealt with, said while its question is open. */
  #confirm(response: ServerResponse, { name, reader, stream, done }: Question): void {
    const seat = this.#seats.get(name ?? reader ?? '')
    const isHere = seat?.asker === reader && stream === this.#stream
    if (!seat || !isHere || done === undefined) throw new Refused(404, 'no such reader')
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
    // Who comes by a name has had no answer of this run; who has had one was here before the other.
    if (isAnother && reader !== undefined && stream === this.#stream)
      throw new Refused(409, `another reader has come by the name ${name}`)
    if (isAnother) known.reader.seek(known.reader.done)
    else known.reader.seek(isOurs ? (from ?? known.reader.next) : known.reader.next, got)
    return known
  }

  #newSeat({ name, reader: asker, policy, buffer }: Question, from: number | undefined, peer: string): Seat {
    this.#seats.makeRoom()
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
    const gone = () => {
      this.#seats.leave(seat)
      this.#wake()
    }
    const seat = new Seat({ id, reader, name, answers: this.#answers, enter, gone })
    this.#seats.add(seat)
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
      this.#seats.remove(seat)
      seat.depart()
      if (seat.hasEnd) depart()
      else setTimeout(depart, RETURN_MS)
    })
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
