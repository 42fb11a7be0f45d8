// The program of a sensor's own process or thread: takes orders, runs the sensor, and dies with its parent.

import { connect, Socket } from 'node:net'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { isMainThread, type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { compileLate } from '../v8-flags.ts'
import { systemClock } from './clock.ts'
import { CREDITS } from './in-threads.ts'
import { textBlock } from './link.ts'
import { runSensor, type SensorLink, type SensorOrders, type SensorStart } from './sensor.ts'

const STDOUT = 1
// A process ends by itself here and nowhere else outside the command line: nobody can be asked when the parent is gone.
const { exit } = process

if (isMainThread) {
  compileLate()
  liveInProcess()
} else if (parentPort) liveInThread(parentPort, workerData)

/** Bytes that may wait here for the network before the sensor does. */
const WRITE_AHEAD = 64 * 1024

/** Stdout, whose other end the parent holds. It is not blocking, so that control is heard while nobody reads it. */
function openStdout(): Socket {
  const options = { fd: STDOUT, readable: false, writable: true, writableHighWaterMark: WRITE_AHEAD }
  return new Socket(options)
}

function socketLink(socket: Socket): SensorLink {
  socket.on('error', () => exit(0))
  return {
    send(block) {
      if (socket.write(block)) return
      return new Promise(resolve => socket.once('drain', resolve))
    },
  }
}

function liveInProcess(): void {
  // A terminal or a supervisor tells the whole group; the parent decides what happens.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {})
  const stop = new AbortController()
  let begin: (start: SensorStart) => void = () => {}
  const started = new Promise<SensorStart>(resolve => {
    begin = resolve
  })
  const control = createInterface({ input: process.stdin })
  control.on('close', () => {
    stop.abort()
    exit(0)
  })
  control.on('line', line => {
    const told = JSON.parse(line)
    if (told === 'stop') stop.abort()
    else if (told.start) begin(told.start)
    else {
      const socket = typeof told.connect === 'string' ? connect(told.connect) : openStdout()
      void live(told.orders, started, socketLink(socket), stop.signal).then(() => socket.end(() => exit(0)))
    }
  })
}

function liveInThread(port: MessagePort, orders: SensorOrders): void {
  const stop = new AbortController()
  let begin: (start: SensorStart) => void = () => {}
  const started = new Promise<SensorStart>(resolve => {
    begin = resolve
  })
  let credits = CREDITS
  let wake: (() => void) | undefined
  port.on('message', told => {
    if (told === 'stop') stop.abort()
    else if (told.start) begin(told.start)
    else {
      credits += told.credit
      wake?.()
      wake = undefined
    }
  })
  const link: SensorLink = {
    send(block) {
      port.postMessage(block)
      if (--credits > 0) return
      return new Promise(resolve => {
        wake = resolve
      })
    },
  }
  void live(orders, started, link, stop.signal).then(() => port.close())
}

async function live(
  orders: SensorOrders,
  started: Promise<SensorStart>,
  link: SensorLink,
  stop: AbortSignal,
): Promise<void> {
  try {
    await runSensor(orders, started, { link, clock: systemClock, stop })
  } catch (error) {
    await link.send(textBlock('failure', error instanceof Error ? error.message : String(error)))
  }
}
