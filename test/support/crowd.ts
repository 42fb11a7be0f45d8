// Twenty clients of a broker with a journal: ten publish, two groups of three and four readers of everything take note of what
// comes. What went wrong is told at the end.

import { busFor } from '../../src/bus/index.ts'
import { type Packet, packet } from '../../src/packet.ts'
import type { Sink } from '../../src/stream/step.ts'
import { busContext } from './bus.ts'

const PUBLISHERS = 10
const GROUPS = ['one', 'two']
const MEMBERS = 3
const READERS = 4
const TOGETHER = 20
const WINDOW = 50

interface Noted {
  readonly name: string
  /** Of a packet that came: how often it did not say that it may have come before. */
  readonly came: Map<string, number>
  readonly order: string[]
}

export class Crowd {
  readonly #url: string
  readonly #leaving: (() => void)[] = []
  readonly #sent: number[] = new Array(PUBLISHERS).fill(0)
  readonly #groups: readonly Noted[] = GROUPS.map(noted)
  readonly #readers: readonly Noted[] = Array.from({ length: READERS }, (_, index) => noted(`reader ${index}`))
  readonly #publishing: Promise<void>[] = []
  readonly #taking: Promise<void>[] = []
  #isOver = false
  readonly #failures: string[] = []

  constructor(url: string) {
    this.#url = `${url}${url.includes('?') ? '&' : '?'}wait=60s`
  }

  get sent(): number {
    return this.#sent.reduce((sum, count) => sum + count, 0)
  }

  /** What they have printed about their connections, and what failed. */
  get failures(): readonly string[] {
    return this.#failures
  }

  /** By the groups. */
  get taken(): number {
    return this.#groups.reduce((sum, { came }) => sum + came.size, 0)
  }

  /** Packets that came to a group without saying that they may have come before. */
  get unmarked(): number {
    return this.#groups.reduce((sum, { came }) => sum + [...came.values()].reduce((s, plain) => s + plain, 0), 0)
  }

  start(): void {
    for (const group of this.#groups) {
      for (let member = 0; member < MEMBERS; member++) {
        this.#take(group, { durable: group.name, window: WINDOW, from: 'earliest' })
      }
    }
    for (const reader of this.#readers) this.#take(reader, { from: 'earliest' })
    for (let index = 0; index < PUBLISHERS; index++) this.#publishing.push(this.#watched(this.#publish(index)))
  }

  /** Ends when all that was published is confirmed, and all have everything; then they leave. */
  async finish(): Promise<void> {
    this.#isOver = true
    await Promise.all(this.#publishing)
    while (this.#failures.length === 0 && !this.#isComplete()) await pause(10)
    // What comes twice may come after everything has come once.
    await pause(50)
    for (const leave of this.#leaving) leave()
    await Promise.all(this.#taking)
  }

  problems(): readonly string[] {
    const problems = [...this.#failures]
    for (const { name, came } of [...this.#groups, ...this.#readers]) {
      const missing = this.sent - came.size
      if (missing !== 0) problems.push(`${name}: ${missing} of ${this.sent} missing`)
      const twice = [...came].filter(([, plain]) => plain > 1)
      if (twice.length > 0) problems.push(`${name}: ${twice.length} twice without a mark, as ${twice[0]?.[0]}`)
    }
    const [first, ...others] = this.#readers.map(({ order }) => order.join(' '))
    if (others.some(order => order !== first)) problems.push('readers of everything have not read the same')
    return problems
  }

  #isComplete(): boolean {
    return [...this.#groups, ...this.#readers].every(({ came }) => came.size >= this.sent)
  }

  async #publish(index: number): Promise<void> {
    const sink: Sink = await busFor(this.#url).publish({ topic: `crowd.${index}` }, this.#context())
    while (!this.#isOver) {
      const from = this.#sent[index] ?? 0
      const count = 1 + Math.floor(Math.random() * TOGETHER)
      await sink.write(Array.from({ length: count }, (_, n) => packet({ id: `${index}.${from + n}` })))
      this.#sent[index] = from + count
      await sink.commit?.()
    }
    await sink.close()
  }

  #take(into: Noted, options: { readonly durable?: string; readonly window?: number; readonly from: string }): void {
    const source = busFor(this.#url).subscribe(['crowd.#'], options, this.#context())
    const taking = async () => {
      for await (const batch of source) {
        for (const one of batch) note(into, one)
        if (options.window !== undefined) await pause(Math.random() * 3)
        batch.acknowledge?.()
      }
    }
    this.#taking.push(this.#watched(taking()))
  }

  #context() {
    const { context, stop } = busContext()
    this.#leaving.push(() => stop.abort())
    return context
  }

  async #watched(work: Promise<void>): Promise<void> {
    try {
      await work
    } catch (error) {
      this.#failures.push(String(error))
    }
  }
}

function noted(name: string): Noted {
  return { name, came: new Map(), order: [] }
}

function note({ came, order }: Noted, { meta }: Packet): void {
  const id = String(meta['id'])
  came.set(id, (came.get(id) ?? 0) + (meta['redelivered'] === true ? 0 : 1))
  order.push(`${id}${meta['redelivered'] ? '!' : ''}`)
}

const pause = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds))
