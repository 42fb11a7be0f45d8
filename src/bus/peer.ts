// One connection to the broker: what comes over it is routed, what is asked for is done, what is subscribed to goes out.

import type { Envelope } from '../codec/envelope.ts'
import type { CarrierError } from '../errors.ts'
import { type JsonObject, packet } from '../packet.ts'
import { Burst } from './burst.ts'
import { BadRequest, type Request, readRequest } from './control.ts'
import { NOWHERE, type Route } from './exchange.ts'
import { Hold } from './hold.ts'
import { Fault, Inlet } from './inlet.ts'
import { Outbox } from './outbox.ts'
import { Participant } from './participant.ts'
import type { PeerOptions } from './peer-options.ts'
import { PublishMode } from './publish-mode.ts'
import type { Rights } from './rights.ts'
import { packetRun, type Run } from './run.ts'

const NOT_ALLOWED: Route = { ...NOWHERE }

export class Peer {
  readonly participant: Participant
  readonly outbox: Outbox
  /** A write costs more than its bytes: what comes together is passed on together, and answered. */
  readonly burst = new Burst(() => this.#passOn())
  readonly #options: PeerOptions
  readonly #inlet: Inlet<Route>
  readonly #mode: PublishMode
  readonly #hold: Hold
  #rights: Rights | undefined
  #refused = ''
  #over = false

  constructor(options: PeerOptions) {
    this.#options = options
    const { exchange, wire, input, output } = options
    this.outbox = new Outbox(wire, output, options.spill)
    this.participant = new Participant(exchange, this.outbox)
    this.#mode = new PublishMode(exchange, input, options.keeper)
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

  /** What the client sent, however it is cut. */
  push(bytes: Uint8Array): void {
    if (this.#over) return
    try {
      this.#inlet.push(bytes)
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      this.hangUp(error.message)
    }
    this.#mode.settle(refusal => this.#confirm(refusal))
    if (this.#over || this.#options.exchange.isDue) this.burst.end()
    else this.burst.begin()
  }

  /** Ends when all that came is where it is to be kept, or with why it cannot be. */
  kept(): Promise<CarrierError | undefined> {
    return new Promise(resolve => this.#mode.whenKept(resolve))
  }

  /** The system has taken all that was written. */
  flushed(): void {
    this.outbox.flush()
    this.participant.pump()
  }

  /** What came some time ago is kept now, or cannot be. */
  #confirm(refusal: CarrierError | undefined): void {
    if (this.#over) return
    if (refusal) {
      this.hangUp(`${refusal.message}: packets since the last that was confirmed are not kept`)
      return
    }
    for (const words of this.#mode.words()) this.#say(words)
    this.outbox.flush()
  }

  /** The connection is gone. */
  close(): void {
    this.#over = true
    this.burst.stop()
    this.outbox.close()
    this.participant.leave(Date.now())
    this.#options.exchange.flush()
  }

  /** The broker ends. */
  leave(): void {
    this.#over = true
    this.burst.end()
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

  #passOn(): void {
    for (const words of this.#mode.words()) this.#say(words)
    const { exchange, keeper } = this.#options
    exchange.flush()
    const jams = this.#mode.jams()
    this.#hold.until(keeper?.isFull ? [...jams, keeper] : jams)
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
          refused: reason => this.#say({ error: reason }),
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
        if ('topic' in request) this.#forget(request.topic, rights)
        else this.#forgetConsumer(request.durable, rights)
        break
      case 'ack':
        if (!this.outbox.acknowledge(request.count)) throw new BadRequest('ack: more than was sent')
        participant.pump()
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

  #forget(topic: string, rights: Rights): void {
    if (!rights.mayPublish(topic)) throw new BadRequest(`not allowed to publish to '${topic}'`)
    const { exchange, keeper } = this.#options
    exchange.retained.delete(topic)
    const done = () => this.#say({ ok: 'forget', topic })
    if (!keeper) done()
    else
      keeper.whenKept(keeper.forget(topic), refusal => {
        if (!refusal) done()
        this.#confirm(refusal)
      })
  }

  #forgetConsumer(durable: string, rights: Rights): void {
    if (!rights.maySubscribe(durable)) throw new BadRequest(`not allowed to subscribe to '${durable}'`)
    if (!this.#options.archive?.forget(durable)) throw new BadRequest(`forget: no consumer '${durable}'`)
    this.#say({ ok: 'forget', durable })
  }

  #say(words: JsonObject): void {
    this.outbox.form = this.#inlet.form ?? 'lines'
    const run = packetRun(this.outbox.form, packet({ broker: words }), 0)
    if (!this.outbox.tell(run) && !this.#over) this.hangUp('too many words that you do not read')
  }
}

const NO_TOKEN = 'who are you? Expected {"broker":{"do":"hello","token":…}} first'
