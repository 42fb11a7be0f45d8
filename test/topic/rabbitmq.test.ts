// The same expectations, asked of a real RabbitMQ.

import t, { type Test } from 'tap'
import { randomStream } from '../../src/random.ts'
import { Router } from '../../src/topic/router.ts'
import { type AmqpChannel, connectAmqp, withoutAmqp } from '../support/amqp.ts'
import {
  COVERED,
  NOT_COVERED,
  RABBIT_BINDINGS,
  RABBIT_MATCHES,
  RABBIT_REMOVED,
  randomAddress,
  TUTORIAL_BINDINGS,
  TUTORIAL_MATCHES,
} from '../support/topic.ts'

type Bindings = readonly (readonly [target: string, pattern: string])[]

/** Topic exchanges and queues of one connection, which vanish with it. */
class Rabbit {
  readonly #channel: AmqpChannel
  readonly #exchange: string
  /** What came, by target: addresses in the order in which they came. */
  readonly #came = new Map<string, string[]>()
  readonly #queues = new Map<string, string>()

  constructor(channel: AmqpChannel, exchange: string) {
    this.#channel = channel
    this.#exchange = exchange
  }

  async bind(bindings: Bindings): Promise<void> {
    for (const [target, pattern] of bindings) {
      const queue = this.#queues.get(target) ?? (await this.#open(target))
      await this.#channel.bindQueue(queue, this.#exchange, pattern)
    }
  }

  async unbind(bindings: Bindings): Promise<void> {
    for (const [target, pattern] of bindings) {
      await this.#channel.unbindQueue(this.#queues.get(target) ?? '', this.#exchange, pattern)
    }
  }

  /** The targets that each address reaches, as often as it does. */
  async targetsOf(addresses: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    for (const address of addresses) this.#channel.publish(this.#exchange, address, Buffer.from(address))
    // Behind all of them, one more to each queue by its own name: what has not come by then does not come.
    const ends = [...this.#queues].map(([target, queue]) => this.#end(target, queue))
    await Promise.all(ends)
    const targets = new Map(addresses.map(address => [address, [] as string[]]))
    for (const [target, came] of this.#came) {
      for (const address of came.splice(0)) targets.get(address)?.push(target)
    }
    return targets
  }

  readonly #ending = new Map<string, () => void>()

  #end(target: string, queue: string): Promise<void> {
    return new Promise(resolve => {
      this.#ending.set(target, resolve)
      this.#channel.publish('', queue, Buffer.from(END))
    })
  }

  async #open(target: string): Promise<string> {
    await this.#channel.assertExchange(this.#exchange, 'topic', { autoDelete: true })
    const { queue } = await this.#channel.assertQueue('', { exclusive: true })
    const came: string[] = []
    this.#came.set(target, came)
    this.#queues.set(target, queue)
    const take = (message: { readonly content: Buffer } | null) => {
      const text = message?.content.toString()
      if (text === END) this.#ending.get(target)?.()
      else if (text !== undefined) came.push(text)
    }
    await this.#channel.consume(queue, take, { noAck: true })
    return queue
  }
}

const END = 'that is all'

async function compare(t: Test, rabbit: Rabbit, router: Router<string>, addresses: readonly string[]): Promise<void> {
  const reached = await rabbit.targetsOf([...new Set(addresses)])
  for (const [address, targets] of reached) {
    t.same([...router.match(address)].toSorted(), targets.toSorted(), `'${address}'`)
  }
}

t.test('RabbitMQ agrees', { skip: await withoutAmqp() }, async t => {
  const connection = await connectAmqp()
  t.teardown(() => connection.close())
  const channel = await connection.createChannel()
  const exchange = `daqutils-test-${process.pid}`

  t.test('on its own table, which is the one here', async t => {
    const bindings: Bindings = RABBIT_BINDINGS.map((pattern, index) => [`t${index + 1}`, pattern])
    const rabbit = new Rabbit(channel, `${exchange}-table`)
    await rabbit.bind(bindings)
    const removed = bindings.filter((_, index) => RABBIT_REMOVED.includes(index + 1))
    const addresses = RABBIT_MATCHES.map(([address]) => address)
    const all = await rabbit.targetsOf(addresses)
    for (const [address, expected] of RABBIT_MATCHES) {
      t.same(all.get(address)?.toSorted(), expected.map(number => `t${number}`).toSorted(), `'${address}'`)
    }
    const router = new Router<string>()
    for (const [target, pattern] of bindings) router.bind(pattern, target)
    for (const [target, pattern] of removed) router.unbind(pattern, target)
    await rabbit.unbind(removed)
    await compare(t, rabbit, router, addresses)
  })

  t.test('on its tutorial', async t => {
    const rabbit = new Rabbit(channel, `${exchange}-tutorial`)
    await rabbit.bind(TUTORIAL_BINDINGS)
    const reached = await rabbit.targetsOf(TUTORIAL_MATCHES.map(([address]) => address))
    for (const [address, expected] of TUTORIAL_MATCHES) t.same(reached.get(address)?.toSorted(), expected, address)
  })

  t.test('on pairs', async t => {
    const patterns = [...new Set([...COVERED, ...NOT_COVERED].map(([pattern]) => pattern))]
    const rabbit = new Rabbit(channel, `${exchange}-pairs`)
    await rabbit.bind(patterns.map(pattern => [pattern, pattern]))
    const reached = await rabbit.targetsOf([...new Set([...COVERED, ...NOT_COVERED].map(([, address]) => address))])
    for (const [pattern, address] of COVERED) t.ok(reached.get(address)?.includes(pattern), `${pattern} ~ ${address}`)
    for (const [pattern, address] of NOT_COVERED) {
      t.notOk(reached.get(address)?.includes(pattern), `${pattern} !~ ${address}`)
    }
  })

  t.test('on random bindings, of which some are removed', async t => {
    const random = randomStream('rabbit', 'bindings')
    const words = ['a', 'b', '', '*', '#', 'a*']
    const bindings: Bindings = Array.from({ length: 150 }, (_, index) => [
      `t${index % 20}`,
      randomAddress(random, words, 4),
    ])
    const addresses = Array.from({ length: 400 }, () => randomAddress(random, ['a', 'b', '', 'a*'], 4))
    const rabbit = new Rabbit(channel, `${exchange}-random`)
    const router = new Router<string>()
    await rabbit.bind(bindings)
    for (const [target, pattern] of bindings)
      if (!router.patternsOf(target).includes(pattern)) router.bind(pattern, target)
    await compare(t, rabbit, router, addresses)
    const removed = bindings.slice(0, 70)
    await rabbit.unbind(removed)
    for (const [target, pattern] of removed) router.unbind(pattern, target)
    await compare(t, rabbit, router, addresses)
  })
})
