// One sensor: ticks, asks its probe, and sends what it says, in whatever process or thread it lives.

import { makeIds } from '../id.ts'
import { makeProbe } from '../probe/index.ts'
import type { Event, EventProbe, Probe, Reading, TickedProbe, Value } from '../probe/probe.ts'
import { type Random, randomStream } from '../random.ts'
import type { Clock } from './clock.ts'
import type { SensorConfig } from './config.ts'
import { encodeBlock, textBlock } from './link.ts'
import { MessageWriter } from './message.ts'
import { Schedule } from './schedule.ts'
import { type StuckFault, StuckValues } from './stuck.ts'

/** What a sensor is told before it starts. Plain data, as the config. */
export interface SensorOrders {
  readonly config: SensorConfig
  readonly seed?: string
  /** Timestamps follow the schedule, and no tick is skipped. */
  readonly scheduled: boolean
  /** How much faster than the clock the schedule runs; null does not wait at all. */
  readonly speed: number | null
  /** Messages sent together, at most. */
  readonly block: number
  /** The first message's number: more than 0 after a restart. */
  readonly from: number
  readonly stuck?: StuckFault
}

/** Milliseconds since 1970: the first tick on the schedule, and when that really is. Common to all sensors. */
export interface SensorStart {
  readonly start: number
  readonly realStart: number
}

/** Takes whole blocks; a promise asks to wait before the next. */
export interface SensorLink {
  send(block: Uint8Array): void | Promise<void>
}

export interface SensorSurroundings {
  readonly link: SensorLink
  readonly clock: Clock
  readonly stop: AbortSignal
}

/** Tells that it is ready, waits to be started, and ends with a block that says so. */
export async function runSensor(
  orders: SensorOrders,
  started: Promise<SensorStart>,
  { link, clock, stop }: SensorSurroundings,
): Promise<void> {
  const { config, seed, from } = orders
  const stream = from > 0 ? `${config.index} ${config.name} ${from}` : `${config.index} ${config.name}`
  const probe: Probe = makeProbe(config.probe, {
    random: randomStream(seed, `${stream} value`),
    range: config.range,
    reject: (reason, detail) => void link.send(textBlock('reject', `${reason}\n${detail}`)),
  })
  const ids = idsAt(seed === undefined ? undefined : randomStream(seed, `${stream} id`))
  const stuck = orders.stuck && new StuckValues(orders.stuck, randomStream(seed, `${stream} stuck`))
  if ('open' in probe) await probe.open?.()
  await link.send(encodeBlock({ kind: 'ready' }))
  const sensor = new Sensor(orders, await started, { link, clock, stop }, { ids, stuck })
  await ('read' in probe ? sensor.tick(probe) : sensor.follow(probe))
  await link.send(encodeBlock({ kind: 'end', next: Number.POSITIVE_INFINITY }))
}

/** Ids of given moments, in ascending order. */
function idsAt(random: Random | undefined): (milliseconds: number) => string {
  let time = 0
  const next = makeIds({ now: () => time, ...(random && { random: () => random.fraction() }) })
  return milliseconds => {
    time = milliseconds
    return next()
  }
}

interface SensorTools {
  readonly ids: (milliseconds: number) => string
  readonly stuck: StuckValues | undefined
}

class Sensor {
  readonly #orders: SensorOrders
  readonly #schedule: Schedule
  readonly #link: SensorLink
  readonly #clock: Clock
  readonly #stop: AbortSignal
  readonly #tools: SensorTools
  readonly #message: MessageWriter
  readonly #end: number
  /** Time is the schedule's where it is wanted so, and where there is a seed but no interval to tell the order. */
  readonly #countsTime: boolean
  #seq: number
  #tick: number
  #late = 0

  constructor(orders: SensorOrders, start: SensorStart, surroundings: SensorSurroundings, tools: SensorTools) {
    const { config, from, seed, speed, scheduled } = orders
    this.#orders = orders
    this.#schedule = new Schedule({ ...start, interval: config.interval, speed: speed ?? Number.POSITIVE_INFINITY })
    this.#link = surroundings.link
    this.#clock = surroundings.clock
    this.#stop = surroundings.stop
    this.#tools = tools
    this.#message = new MessageWriter(config)
    this.#end = config.count ?? Number.POSITIVE_INFINITY
    this.#countsTime = config.interval > 0 || scheduled || seed !== undefined
    this.#seq = from
    this.#tick = from
    if (from > 0) this.#tick += this.#schedule.overdue(from, this.#clock.now())
  }

  /** Reads the probe at every tick until it is over, enough has been read, or the stop. */
  async tick(probe: TickedProbe): Promise<void> {
    const schedule = this.#schedule
    try {
      while (!this.#stop.aborted && this.#seq < this.#end) {
        const due = schedule.due(this.#tick)
        if (due > this.#clock.now()) await this.#clock.until(due, this.#stop)
        if (this.#stop.aborted) return
        this.#skipLate()
        const more = await this.#readDue(probe)
        if (!more) return
        if (schedule.due(this.#tick) <= this.#clock.now()) await this.#clock.turn()
      }
    } finally {
      probe.close?.()
    }
  }

  #skipLate(): void {
    const late = this.#schedule.overdue(this.#tick, this.#clock.now())
    this.#late += late
    if (!this.#orders.scheduled) this.#tick += late
  }

  /** Every tick that is due by now, in one block, or each frame in its own. False when the probe is over. */
  async #readDue(probe: TickedProbe): Promise<boolean> {
    const first = this.#tick
    const limit = Math.min(this.#orders.block, this.#end - this.#seq)
    let lines = ''
    let count = 0
    let over = false
    while (count < limit && this.#schedule.due(this.#tick) <= this.#clock.now()) {
      const head = this.#head()
      const answer = probe.read(head)
      const value = answer instanceof Promise ? await answer : answer
      if (value === undefined) {
        over = true
        break
      }
      this.#tick++
      this.#seq++
      if (typeof value !== 'number' && value.data) {
        await this.#sendFrame(head, value, value.data, this.#tick - 1)
        return true
      }
      lines += this.#message.line(head, this.#tools.stuck?.next(value) ?? value)
      count++
    }
    if (count > 0) await this.#send(lines, count, first)
    return !over
  }

  #head() {
    const scheduledTime = this.#schedule.time(this.#tick)
    const time = this.#orders.scheduled ? Math.floor(scheduledTime) : this.#clock.now()
    const passed = this.#countsTime ? this.#tick * this.#schedule.step : time - this.#schedule.time(0)
    return {
      seq: this.#seq,
      time,
      elapsed: passed / 1000,
      id: this.#tools.ids(Math.floor(time)),
      name: this.#orders.config.name,
      live: !this.#orders.scheduled,
    }
  }

  #send(lines: string, count: number, first: number): void | Promise<void> {
    const counted = this.#countsTime
    return this.#link.send(
      encodeBlock({
        kind: 'lines',
        count,
        payload: Buffer.from(lines),
        time: counted ? this.#schedule.time(first) : this.#clock.now(),
        step: counted ? this.#schedule.step : 0,
        next: counted ? this.#schedule.time(this.#tick) : Number.NEGATIVE_INFINITY,
        ...this.#counted(),
      }),
    )
  }

  /** What has been counted since the last block. */
  #counted(): { late: number; stuck: number } {
    const late = this.#late
    this.#late = 0
    return { late, stuck: this.#tools.stuck?.take() ?? 0 }
  }

  #sendFrame(head: { time: number; id: string }, reading: Reading, data: Uint8Array, tick: number) {
    const meta = Buffer.from(JSON.stringify(this.#message.meta(head, reading)))
    return this.#link.send(
      encodeBlock({
        kind: 'frame',
        count: 1,
        metaLength: meta.length,
        payload: Buffer.concat([meta, data]),
        time: this.#schedule.time(tick),
        next: this.#schedule.time(tick + 1),
        ...this.#counted(),
      }),
    )
  }

  /** Passes on what the probe tells when it tells it, or at its own time after the start. */
  async follow(probe: EventProbe): Promise<void> {
    // Nobody shall wait for a message of which nobody knows when it will come.
    if (!probe.timed) await this.#link.send(encodeBlock({ kind: 'progress', next: Number.POSITIVE_INFINITY }))
    for await (const events of probe.events(this.#stop)) {
      for (const event of events) {
        if (this.#seq >= this.#end || this.#stop.aborted) return
        await this.#pass(event)
      }
    }
  }

  async #pass({ reading, after }: Event): Promise<void> {
    const { scheduled, speed } = this.#orders
    const schedule = this.#schedule
    const time = after === undefined ? schedule.scheduledTime(this.#clock.now()) : schedule.time(0) + after
    if (after !== undefined && speed !== null) {
      const due = schedule.realTime(after)
      if (due > this.#clock.now()) {
        await this.#link.send(encodeBlock({ kind: 'progress', next: time }))
        await this.#clock.until(due, this.#stop)
        if (this.#stop.aborted) return
      }
    }
    const stamp = scheduled ? Math.floor(time) : this.#clock.now()
    const head = { time: stamp, id: this.#tools.ids(Math.floor(stamp)) }
    const value: Value = this.#tools.stuck?.next(reading) ?? reading
    this.#seq++
    const payload = Buffer.from(this.#message.line(head, value))
    const next = after === undefined ? Number.POSITIVE_INFINITY : time
    await this.#link.send(encodeBlock({ kind: 'lines', count: 1, payload, time, next, ...this.#counted() }))
  }
}
