// A thread at one end of a shared queue: it puts numbers in, or takes them out and tells what came.

import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { SharedQueue } from '../../src/stream/shared-queue.ts'
import { sourceThread } from './thread.ts'

export interface Orders {
  readonly memory: SharedArrayBuffer
  readonly act: 'push' | 'offer' | 'take'
  /** How many messages are put in: numbers from 0, behind that of the thread. */
  readonly count: number
  readonly thread: number
}

/** A message: the thread, the number, and as many bytes more as the number says. */
export function numbered(thread: number, number: number): Uint8Array {
  const message = new Uint8Array(8 + (number % 50)).fill(number)
  const view = new DataView(message.buffer)
  view.setInt32(0, thread)
  view.setInt32(4, number)
  return message
}

export function numbersOf(message: Uint8Array): readonly [thread: number, number: number] {
  const view = new DataView(message.buffer, message.byteOffset)
  const number = view.getInt32(4)
  if (message.length !== 8 + (number % 50)) throw new Error(`${message.length} bytes of message ${number}`)
  if (message.subarray(8).some(byte => byte !== (number & 0xff))) throw new Error(`message ${number} is damaged`)
  return [view.getInt32(0), number]
}

/** What the thread tells at its end: how many messages it put in, or the numbers it took out. */
export function runThread(orders: Orders): Promise<unknown> {
  const worker = sourceThread(import.meta.url, orders)
  return new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
}

function put(queue: SharedQueue, { act, count, thread }: Orders): number {
  let done = 0
  for (let number = 0; number < count; number++) {
    const message = numbered(thread, number)
    if (act === 'push' ? queue.push(message) : queue.offer(message)) done++
  }
  return done
}

function takeAll(queue: SharedQueue): readonly number[] {
  const numbers: number[] = []
  for (;;) {
    queue.wait()
    const messages = queue.take()
    for (const message of messages) numbers.push(numbersOf(message)[1])
    if (messages.length === 0 && queue.isClosed && queue.isEmpty) return numbers
  }
}

if (!isMainThread && parentPort) {
  const orders: Orders = workerData
  const queue = new SharedQueue(orders.memory)
  parentPort.postMessage(orders.act === 'take' ? takeAll(queue) : put(queue, orders))
}
