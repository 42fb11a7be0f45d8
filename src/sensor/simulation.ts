// Sensors and the network between them and the output, as a source of packets.

import { CarrierError } from '../errors.ts'
import type { Batch } from '../packet.ts'
import type { Ledger, StageCount } from '../stream/ledger.ts'
import type { Rejecter } from '../stream/reject.ts'
import { type Clock, LONGEST_TIMER } from './clock.ts'
import type { SensorConfig } from './config.ts'
import type { Block } from './link.ts'
import { Network, type NetworkOptions } from './network.ts'
import { pieceDecoder } from './piece-packets.ts'
import { newPlace, type Place } from './place.ts'
import type { Habitat } from './running.ts'
import type { SensorOrders, SensorStart } from './sensor.ts'
import { staggered } from './stagger.ts'
import { Window } from './window.ts'

export interface SimulationOptions {
  readonly configs: readonly SensorConfig[]
  readonly orders: Omit<SensorOrders, 'config' | 'from'>
  /** Milliseconds since 1970, where timestamps follow a schedule. */
  readonly startTime: number | undefined
  readonly network: Omit<NetworkOptions, 'names' | 'count' | 'injected'>
  readonly habitat: Habitat
  readonly clock: Clock
  readonly ledger: Ledger
  readonly reject: Rejecter
  readonly warn: (message: string) => void
  readonly stop: AbortSignal
}

/** Messages in one batch, at most. */
const BATCH = 512

/** A sensor that dies is started again so often, after so long and twice as long each time. */
const RESTARTS = 3
const BACK_OFF_MS = 100

/**
 * Packets as they leave the network. Ends when every sensor has ended, when the network has taken enough, or drained
 * after the stop; the sensors are gone then. Throws at the end if a sensor could not be kept alive.
 */
export class Simulation {
  readonly #options: SimulationOptions
  readonly #network: Network
  readonly #places: readonly Place[]
  readonly #count: StageCount
  readonly #timers = new Set<NodeJS.Timeout>()
  #started: SensorStart | undefined
  #wake: (() => void) | undefined
  #busy = false
  #broken: Error | undefined
  #failed: Error | undefined

  constructor(options: SimulationOptions) {
    this.#options = options
    const { configs, network, ledger } = options
    this.#count = ledger.stage('network')
    this.#network = new Network({
      ...network,
      names: configs.map(({ name }) => name),
      count: this.#count,
      injected: ledger.stage('fault'),
    })
    this.#places = configs.map(newPlace)
  }

  async *packets(): AsyncGenerator<Batch> {
    const { stop, habitat, network } = this.#options
    const window = new Window(network.limit, BATCH)
    const decode = pieceDecoder(this.#options.reject)
    const onStop = () => {
      for (const place of this.#places) this.#stopSensor(place)
      this.#poke()
    }
    stop.addEventListener('abort', onStop)
    try {
      for (const place of this.#places) this.#launch(place)
      if (stop.aborted) onStop()
      for (;;) {
        if (this.#broken) throw this.#broken
        const pieces = this.#network.take(this.#now(), window.size)
        this.#resumeSensors()
        if (pieces.length > 0) {
          this.#busy = true
          const before = performance.now()
          yield pieces.flatMap(decode)
          window.settle(performance.now() - before)
          this.#busy = false
        } else if (this.#network.done) break
        else await this.#event()
      }
      if (this.#failed) throw this.#failed
    } finally {
      stop.removeEventListener('abort', onStop)
      for (const timer of this.#timers) clearTimeout(timer)
      for (const place of this.#places) place.running?.kill()
      await habitat.close()
    }
  }

  #launch(place: Place): void {
    const { orders, habitat } = this.#options
    place.ready = false
    place.running = habitat.launch(
      { ...orders, config: place.config, from: place.received },
      { block: block => this.#receive(place, block), gone: reason => this.#gone(place, reason) },
    )
  }

  #stopSensor(place: Place): void {
    if (place.over) return
    if (place.ready && this.#started) place.running?.stop()
    else {
      place.running?.kill()
      this.#end(place)
    }
  }

  #end(place: Place): void {
    place.over = true
    this.#network.end(place.config.index)
    this.#startAll()
    this.#poke()
  }

  /** All sensors start together, as soon as the last is ready. */
  #startAll(): void {
    if (this.#started || !this.#places.every(place => place.ready || place.over)) return
    const realStart = this.#options.clock.now()
    this.#started = { realStart, start: this.#options.startTime ?? realStart }
    for (const { config } of this.#places) this.#network.promise(config.index, this.#started.start)
    for (const place of this.#places) if (!place.over) this.#start(place, this.#started)
  }

  /** Where the schedule tells the order, it is common to all to the instant. */
  #start({ running, config }: Place, common: SensorStart): void {
    const { network, configs } = this.#options
    running?.start(network.ordered ? common : staggered(common, { ...config, sensors: configs.length }))
  }

  #receive(place: Place, block: Block): void {
    const { index, name } = place.config
    const text = () => Buffer.from(block.payload).toString()
    this.#count.late += block.late
    if (block.stuck > 0) this.#options.ledger.stage('fault').inject('stuck', block.stuck)
    if (block.kind === 'ready') this.#ready(place)
    else if (block.kind === 'lines' || block.kind === 'frame') {
      const { count, time, step, payload: bytes, metaLength } = block
      this.#network.offer({ sensor: index, seq: place.received, count, time, step, bytes, metaLength })
      place.received += count
      this.#pauseIfFull(place)
    } else if (block.kind === 'warning') this.#options.warn(`${name}: ${text()}`)
    else if (block.kind === 'reject') this.#reject(name, text())
    else if (block.kind === 'failure') this.#fail(place, new CarrierError(`sensor ${name}`, text()))
    else if (block.kind === 'end') this.#end(place)
    this.#network.promise(index, block.next)
    this.#poke()
  }

  #ready(place: Place): void {
    place.ready = true
    if (this.#started) this.#start(place, this.#started)
    else this.#startAll()
  }

  #reject(name: string, text: string): void {
    const [reason = '', detail = ''] = text.split('\n')
    try {
      this.#options.reject({ place: { source: `sensor ${name}` }, reason, detail, bytes: Buffer.from(`${detail}\n`) })
    } catch (error) {
      this.#broken = error instanceof Error ? error : new Error(String(error))
    }
  }

  /** What a sensor says it cannot do is not tried again; before the start it is the end of everything. */
  #fail(place: Place, error: Error): void {
    if (!this.#started) this.#broken ??= error
    else this.#options.warn(error.message)
    this.#failed ??= error
    this.#end(place)
  }

  #gone(place: Place, reason: string): void {
    if (place.over) return
    const { name } = place.config
    if (place.restarts >= RESTARTS || this.#options.stop.aborted) {
      const error = new CarrierError(`sensor ${name}`, `${reason}, after ${place.restarts} restarts`)
      this.#fail(place, error)
      return
    }
    const wait = BACK_OFF_MS * 2 ** place.restarts++
    this.#options.warn(`sensor ${name}: ${reason}; restarting (${place.restarts} of ${RESTARTS})`)
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      if (!place.over) this.#launch(place)
    }, wait)
    this.#timers.add(timer)
  }

  #pauseIfFull(place: Place): void {
    if (this.#busy) this.#network.hold(this.#now())
    if (place.paused || !this.#network.full(place.config.index)) return
    place.paused = true
    place.running?.pause()
  }

  #resumeSensors(): void {
    for (const place of this.#places) {
      if (!place.paused || this.#network.full(place.config.index)) continue
      place.paused = false
      place.running?.resume()
    }
  }

  /** The network's time: the schedule's where messages travel by it. */
  #now(): number {
    const { clock, network, orders } = this.#options
    if (!network.ordered) return clock.now()
    if (!this.#started || orders.speed === null) return Number.POSITIVE_INFINITY
    if (this.#places.some(({ config }) => config.interval === 0)) return Number.POSITIVE_INFINITY
    const { start, realStart } = this.#started
    return start + (clock.now() - realStart) * orders.speed
  }

  /** Resolves when a sensor has sent something, when a message is due, or after the stop. */
  async #event(): Promise<void> {
    const wait = (this.#network.due - this.#now()) / (this.#options.orders.speed ?? 1)
    await new Promise<void>(resolve => {
      const timer =
        wait > 0 && wait < Infinity ? setTimeout(resolve, Math.min(Math.ceil(wait), LONGEST_TIMER)) : undefined
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#wake = undefined
  }

  #poke(): void {
    this.#wake?.()
  }
}
