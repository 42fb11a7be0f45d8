// The dataflow of devices to endpoints: WAY LOAD COUNT DEVICES INTERVAL_US ENDPOINTS AT, prints JSON with rate, p50 and p99
// (µs). The load is AT endpoints or, without it, at devices, too.
// Devices are threads that put messages into one queue; the broker pulls from it and routes; endpoints get them in one of
// these ways: `loop` calls them in the broker's thread, `threads` wakes a thread for each, `pool` gives them in turn to as
// many threads as there are cores, `ports` is `threads` with messages posted to ports instead of shared memory.

import { availableParallelism } from 'node:os'
import { isMainThread, type MessagePort, parentPort, type Worker, workerData } from 'node:worker_threads'
import { SharedQueue } from '../../../src/stream/shared-queue.ts'
import { Router } from '../../../src/topic/router.ts'
import { compileLate } from '../../../src/v8-flags.ts'
import { sourceThread } from '../../support/thread.ts'
import { ageOf, LOADS, type Load, messageOf, nanoseconds, sleep, stamp, topicOf, workOf } from './dataflow-load.ts'

interface Orders {
  readonly role: 'device' | 'endpoint'
  readonly load: Load
  /** Where a device puts in, where an endpoint takes out; nothing: it posts to its port. */
  readonly memory: SharedArrayBuffer | undefined
  readonly count: number
  readonly topic: string
  readonly interval: number
}

const QUEUE_BYTES = 256 * 1024
const PATTERN = 'device.#'

/** The ages of what was delivered, and when the last was. */
interface Delivered {
  readonly ages: Float64Array
  last: number
  count: number
}

function delivered(most: number): Delivered {
  return { ages: new Float64Array(most), last: 0, count: 0 }
}

function deliver(into: Delivered, message: Uint8Array, work: () => void): void {
  work()
  into.last = nanoseconds()
  into.ages[into.count++] = ageOf(message, into.last)
}

async function runDevice({ load, memory, count, topic, interval }: Orders, port: MessagePort): Promise<void> {
  const { work, close } = workOf(load)
  const queue = memory && new SharedQueue(memory)
  const message = messageOf(topic)
  port.postMessage('ready')
  await new Promise(resolve => port.once('message', resolve))
  const begin = nanoseconds()
  for (let number = 0; number < count; number++) {
    if (interval > 0) {
      const early = begin + (number + 1) * interval * 1000 - nanoseconds()
      if (early > 0) sleep(early / 1e6)
    }
    work()
    stamp(message, nanoseconds())
    if (queue) queue.push(message)
    else port.postMessage(message)
    // What a socket sends is let go of in turns of the event loop.
    if (load === 'udp' && number % 256 === 255) await new Promise(setImmediate)
  }
  close()
}

async function runEndpoint({ load, memory, count }: Orders, port: MessagePort): Promise<void> {
  const { work, close } = workOf(load)
  const queue = memory && new SharedQueue(memory)
  const into = delivered(count)
  port.postMessage('ready')
  if (queue) {
    while (!queue.isClosed || !queue.isEmpty) {
      // A thread that sleeps in Atomics.wait does not turn its event loop, which sockets need.
      if (load === 'udp') await queue.waitAsync()
      else queue.wait()
      for (const message of queue.take(256)) deliver(into, message, work)
    }
  } else {
    await new Promise<void>(resolve => {
      port.on('message', (message: Uint8Array | 'end') => {
        if (message === 'end') resolve()
        else deliver(into, message, work)
      })
    })
  }
  port.postMessage({ ages: into.ages.subarray(0, into.count), last: into.last, count: into.count })
  close()
  port.close()
}

/** Starts a thread; ready once it says so. */
async function launch(orders: Orders): Promise<Worker> {
  const worker = sourceThread(import.meta.url, orders)
  await new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
  return worker
}

/** Where a way delivers: `send` each message to it, then await what came. */
interface Endpoint {
  send(message: Uint8Array): void
  end(): Promise<Delivered>
}

async function threadEndpoint(load: Load, count: number, shared: 'queue' | 'port'): Promise<Endpoint> {
  const queue = shared === 'queue' ? SharedQueue.ofSize(QUEUE_BYTES) : undefined
  const worker = await launch({ role: 'endpoint', load, memory: queue?.memory, count, topic: '', interval: 0 })
  const result = new Promise<Delivered>(resolve => worker.once('message', resolve))
  return {
    send: queue ? message => queue.push(message) : message => worker.postMessage(message),
    end() {
      if (queue) queue.close()
      else worker.postMessage('end')
      return result
    },
  }
}

function loopEndpoint(load: Load, count: number): Endpoint {
  const { work, close } = workOf(load)
  const into = delivered(count)
  return {
    send: message => deliver(into, message, work),
    async end() {
      close()
      return into
    },
  }
}

/** Those that a message goes to: each is one thread, or several where they are a pool, which all endpoints share. */
async function targetsOf({ way, load, count, endpoints }: Plan): Promise<readonly (readonly Endpoint[])[]> {
  const numbers = Array.from({ length: endpoints })
  if (way === 'loop') return numbers.map(() => [loopEndpoint(load, count)])
  const shared = way === 'ports' ? 'port' : 'queue'
  if (way !== 'pool') return Promise.all(numbers.map(async () => [await threadEndpoint(load, count, shared)]))
  const threads = Array.from({ length: availableParallelism() }, () => threadEndpoint(load, count * endpoints, shared))
  const pool = await Promise.all(threads)
  return numbers.map(() => pool)
}

/** Starts the devices, and ends when all that they made has been routed; when they began (nanoseconds). */
async function runDevices(plan: Plan, route: (message: Uint8Array) => void): Promise<number> {
  const { way, count, devices, interval } = plan
  const queue = way === 'ports' ? undefined : SharedQueue.ofSize(QUEUE_BYTES)
  const load = plan.both ? plan.load : 'none'
  const orders = { role: 'device', load, memory: queue?.memory, count: count / devices, interval } as const
  const starting = Array.from({ length: devices }, (_, index) => launch({ ...orders, topic: `device.${index}.cpm` }))
  const workers = await Promise.all(starting)
  let came = 0
  const all = new Promise<void>(resolve => {
    for (const worker of workers) {
      worker.on('message', (message: Uint8Array) => {
        route(message)
        if (++came === count) resolve()
      })
      worker.unref()
    }
  })
  const begin = nanoseconds()
  for (const worker of workers) worker.postMessage('go')
  if (!queue) await all
  else await pull(queue, plan, route)
  return begin
}

async function pull(queue: SharedQueue, { count, load }: Plan, route: (message: Uint8Array) => void): Promise<void> {
  let turned = 0
  for (let came = 0; came < count; ) {
    await queue.waitAsync()
    const messages = queue.take(256)
    for (const message of messages) route(message)
    came += messages.length
    // What a socket sends is let go of in turns of the event loop.
    if (load === 'udp' && came - turned >= 256) {
      turned = came
      await new Promise(setImmediate)
    }
  }
}

async function runBroker(plan: Plan): Promise<{ readonly begin: number; readonly results: readonly Delivered[] }> {
  const targets = await targetsOf(plan)
  const router = new Router<readonly Endpoint[]>()
  // A pool is one array for all: a target of its own for each endpoint.
  for (const target of targets) router.bind(PATTERN, [...target])
  let turn = 0
  const begin = await runDevices(plan, message => {
    for (const target of router.match(topicOf(message))) target[turn++ % target.length]?.send(message)
  })
  const endpoints = [...new Set(targets.flat())]
  return { begin, results: await Promise.all(endpoints.map(endpoint => endpoint.end())) }
}

interface Plan {
  readonly way: string
  readonly load: Load
  /** A multiple of the devices. */
  readonly count: number
  readonly devices: number
  readonly interval: number
  readonly endpoints: number
  /** Whether devices have the load, too. */
  readonly both: boolean
}

function planOf([
  way = 'loop',
  load,
  count = '50000',
  devices = '1',
  interval = '0',
  endpoints = '1',
  at,
]: readonly string[]): Plan {
  return {
    way,
    load: LOADS.find(name => name === load) ?? 'none',
    count: Math.floor(Number(count) / Number(devices)) * Number(devices),
    devices: Number(devices),
    interval: Number(interval),
    endpoints: Number(endpoints),
    both: at !== 'endpoints',
  }
}

async function main(): Promise<void> {
  const plan = planOf(process.argv.slice(2))
  // As in every command that works a little at a time.
  if (plan.interval > 0) compileLate()
  const { begin, results } = await runBroker(plan)
  const ages = Float64Array.from(results.flatMap(({ ages, count }) => [...ages.subarray(0, count)])).sort()
  if (ages.length !== plan.count * plan.endpoints) throw new Error(`${ages.length} messages came`)
  const last = Math.max(...results.map(({ last }) => last))
  const at = (fraction: number) => (ages[Math.floor(ages.length * fraction)] ?? 0) / 1000
  const rate = (ages.length / (last - begin)) * 1e9
  process.stdout.write(`${JSON.stringify({ rate, p50: at(0.5), p99: at(0.99) })}\n`)
  process.exit()
}

if (isMainThread) await main()
else if (parentPort) {
  const orders: Orders = workerData
  await (orders.role === 'device' ? runDevice : runEndpoint)(orders, parentPort)
}
