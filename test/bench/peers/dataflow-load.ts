// Messages of the dataflow bench, and what devices and endpoints do beside passing them on.

import { createSocket, type Socket } from 'node:dgram'

export const LOADS = ['none', 'sleep', 'compute', 'heavy', 'udp'] as const
export type Load = (typeof LOADS)[number]

/** Bytes: when it was made (nanoseconds, float64), the length of its topic, its topic, and what it measures. */
export const MESSAGE_BYTES = 100

export function messageOf(topic: string): Uint8Array {
  const message = Buffer.alloc(MESSAGE_BYTES)
  message[8] = topic.length
  message.write(topic, 9, 'latin1')
  return message
}

export function stamp(message: Uint8Array, time: number): void {
  new DataView(message.buffer, message.byteOffset).setFloat64(0, time)
}

export function ageOf(message: Uint8Array, time: number): number {
  return time - new DataView(message.buffer, message.byteOffset).getFloat64(0)
}

export function topicOf(message: Uint8Array): string {
  let topic = ''
  for (let index = 9; index < 9 + (message[8] ?? 0); index++) topic += String.fromCharCode(message[index] ?? 0)
  return topic
}

/** Nanoseconds of one clock for all threads. */
export function nanoseconds(): number {
  return Number(process.hrtime.bigint())
}

const nap = new Int32Array(new SharedArrayBuffer(4))

export function sleep(milliseconds: number): void {
  Atomics.wait(nap, 0, 0, milliseconds)
}

/** What is done for each message, at both ends. */
export function workOf(load: Load): { readonly work: () => void; close(): void } {
  let socket: Socket | undefined
  if (load === 'udp') {
    socket = createSocket('udp4')
    socket.on('error', () => {})
  }
  const text = Buffer.from('Very Long Message 4 Test')
  const works: Readonly<Record<Load, () => void>> = {
    none: () => {},
    sleep: () => sleep(0.05),
    compute: () => compute(2_000),
    heavy: () => compute(40_000),
    udp: () => socket?.send(text, 9999, '127.0.0.1'),
  }
  return { work: works[load], close: () => socket?.close() }
}

/** Kept, so that the loop is not optimised away. */
const sums = new Int32Array(1)

function compute(turns: number): void {
  let total = 0
  for (let index = 0; index < turns; index++) total = (total + (index ^ (total >> 3))) & 0x7fffffff
  sums[0] = total
}
