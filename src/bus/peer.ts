// One connection to the broker: what comes over it is routed, what is asked for is done, what is subscribed to goes out.

import type { Envelope } from '../codec/envelope.ts'
import { type JsonObject, packet } from '../packet.ts'
import type { StageCount } from '../stream/ledger.ts'
import { Burst } from './burst.ts'
import { BadRequest, type Request, readRequest } from './control.ts'
import { type Exchange, NOWHERE, type Route } from './exchange.ts'
import { Hold, type Reading } from './hold.ts'
import { Fault, Inlet } from './inlet.ts'
import { Outbox, type Wire } from './outbox.ts'
import { Participant } from './participant.ts'
import { PublishMode } from './publish-mode.ts'
import type { Rights } from './rights.ts'
import { packetRun, type Run } from './run.ts'
import type { SpillBounds } from './spill.ts'

/** The client's connection. */
export interface PeerWire extends Wire, Reading {
  /** After what was written has gone out. */
  end(): void
}

/** What all connections of a broker share. */
export interface PeerSurroundings {
  readonly exchange: Exchange
  /** Of all clients: what came and what went. */
  readonly input: StageCount
  readonly output: StageCount
  readonly maxPacket: number
  readonly spill?: SpillBounds | undefined
  /** The rights that a token gives; nothing where nobody has that token. */
  readonly rightsOf: (token: string | undefined) => Rights | undefined
  /** The state of the broker, piece by piece. */
  readonly status: () => Iterable<JsonObject>
}

/** `hear`: why a client was hung up on. */
export interface PeerOptions extends PeerSurroundings {
  readonly wire: PeerWire
  readonly onFault: (reason: string) => void
}

const NOT_ALLOWED: Route = { ...NOWHERE }

export class Peer {
  readonly participant: Participant
  readonly outbox: Outbox
  readonly #options: PeerOptions
  readonly #inlet: Inlet<Route>
  readonly #mode: PublishMode
  /** A write costs more than its bytes: what comes together is sent on together. */
  readonly #burst = new Burst(() => this.#send())
  readonly #hold: Hold
  #rights: Rights | undefined
  #refused = ''
  #over = false

  constructor(options: PeerOptions) {
    this.#options = options
    const { exchange, wire, input, output } = options
    this.outbox = new Outbox(wire, output, options.spill)
    this.participant = new Participant(exchange, this.outbox)
    this.#mode = new PublishMode(exchange, input)
    this.#hold = new Hold(wire)
    this.#rights = options.rightsOf(undefined)
    const handler = {
      routeOf: (buffer: Buffer, envelope: Envelope) => this.#routeOf(buffer, envelope),
      packets: (route: Route, run: Run) => this.#publish(route, run),
      control: (text: string) => this.#control(text),
    }
    this.#inlet = new Inlet<Route>(handler, options.maxPacket)
  }

  /** Packets that came. */
  get received(): number {
    return this.#mode.received
  }

  /** Whether nothing is read from it, because others are slower. */
  get isWaiting(): boolean {
    return this.#hold.isOn
  }

  /** Whether it has shown that it may be here. */
  get isKnown(): boolean {
    return this.#rights !== undefined
  }

  /** What the client sent: any cut of it. */
  push(bytes: Uint8Array): void {
    if (this.#over) return
    try {
      this.#inlet.push(bytes)
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      this.hangUp(error.message)
    }
    this.#burst.read(this.#over ? 0 : bytes.length)
  }

  /** The system has taken all that was written. */
  flushed(): void {
    this.outbox.flush()
    const { groups } = this.participant
    if (groups.length === 0 || !this.outbox.hasRoom) return
    for (const group of groups) group.pump()
    this.#options.exchange.flush()
  }

  /** The connection is gone. */
  close(): void {
    this.#over = true
    this.#burst.stop()
    this.outbox.close()
    this.participant.leave(Date.now())
    this.#options.exchange.flush()
  }

  /** The broker ends. */
  leave(): void {
    this.#over = true
    this.#burst.end()
    this.#options.wire.end()
  }

  /** Tells the client why it is not wanted. */
  hangUp(reason: string): void {
    this.#over = true
    this.#say({ error: reason })
    this.#options.onFault(reason)
    this.outbox.flush()
    this.participant.leave(Date.now())
    this.#options.wire.end()
  }

  /** Passes on what came, and answers. */
  #send(): void {
    for (const words of this.#mode.words()) this.#say(words)
    this.#hold.until(this.#options.exchange.flush())
    this.outbox.flush()
  }

  #routeOf(buffer: Buffer, envelope: Envelope): Route {
    const topic = this.#options.exchange.topics.get(buffer, envelope)
    const rights = this.#rights
    if (!rights) throw new Fault(NO_TOKEN)
    if (!rights.publishesAll && !rights.mayPublish(topic.text)) return this.#refuse(topic.text)
    if (this.#mode.retains) this.#mode.note(topic.text)
    return topic.route
  }

  #refuse(topic: string): Route {
    this.#refused = topic
    return NOT_ALLOWED
  }

  #publish(route: Route, run: Run): void {
    if (route === NOT_ALLOWED) {
      this.#mode.refuse(run)
      this.#say({ error: `not allowed to publish to '${this.#refused}': ${run.packets} packets refused` })
    } else this.#mode.publish(route, run)
  }

  #control(text: string): void {
    try {
      const meta: JsonObject = JSON.parse(text)
      this.#act(readRequest(meta))
    } catch (error) {
      if (!(error instanceof BadRequest)) throw error
      this.#say({ error: error.message, ...(error.passing && { passing: true }) })
    }
  }

  #act(request: Request): void {
    if (request.do === 'hello') this.#greet(request)
    else if (this.#rights) this.#serve(request, this.#rights)
    else throw new Fault(NO_TOKEN)
  }

  #greet({ token, name, addresses }: Request & { readonly do: 'hello' }): void {
    this.#rights = token === undefined ? this.#rights : this.#options.rightsOf(token)
    if (!this.#rights) throw new Fault(token === undefined ? NO_TOKEN : 'nobody has this token')
    if (name !== undefined) this.participant.call(name, addresses, this.#rights)
    this.#say({ ok: 'hello' })
  }

  #serve(request: Exclude<Request, { readonly do: 'hello' }>, rights: Rights): void {
    const { participant } = this
    switch (request.do) {
      case 'subscribe':
        participant.subscribe(request, {
          rights,
          now: Date.now(),
          granted: () => this.#say({ ok: 'subscribe', id: request.id }),
        })
        break
      case 'unsubscribe':
        participant.unsubscribe(request.id, Date.now())
        this.#say({ ok: 'unsubscribe', id: request.id })
        break
      case 'publish':
        this.#mode.set(request)
        this.#say({ ok: 'publish', received: this.received })
        break
      case 'forget':
        if (!rights.mayPublish(request.topic)) throw new BadRequest(`not allowed to publish to '${request.topic}'`)
        this.#options.exchange.retained.delete(request.topic)
        this.#say({ ok: 'forget', topic: request.topic })
        break
      case 'ack':
        if (!this.outbox.acknowledge(request.count)) throw new BadRequest('ack: more than was sent')
        for (const group of participant.groups) group.pump()
        break
      case 'await':
        participant.await(request.topic, request.subscribers, () => {
          this.#say({ ok: 'await', topic: request.topic })
          this.outbox.flush()
        })
        break
      case 'ping':
        this.#say({ pong: request.id ?? null })
        break
      case 'ps':
        if (!rights.ps) throw new BadRequest('not allowed to ask for ps')
        for (const piece of this.#options.status()) this.#say(piece)
        this.#say({ ok: 'ps' })
    }
  }

  #say(words: JsonObject): void {
    this.outbox.form = this.#inlet.form ?? 'lines'
    const run = packetRun(this.outbox.form, packet({ broker: words }), 0)
    if (!this.outbox.tell(run) && !this.#over) this.hangUp('too many words that you do not read')
  }
}

const NO_TOKEN = 'who are you? Expected {"broker":{"do":"hello","token":…}} first'
