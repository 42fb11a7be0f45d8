// A thread that shares a kernel's jobs: both take pieces of it, until none is left. Or it is lent to whoever has another use for it.

import { Worker } from 'node:worker_threads'
import type { Job } from './kernel.ts'

/** The words of the control block that both threads share: the state, the next block to take, the job's parameters. */
const STATE = 0
const NEXT = 1
const JOB = 2
/** Of the parameters, the count of blocks; behind them, the bytes of a row, and how many blocks are a piece. */
const COUNT = 5
const PIECE = 7
const WORDS = 8

/** The thread is not there yet; it waits for a job; there is one that it has not seen; it takes pieces of it; it is lent. */
const STARTING = 0
const IDLE = 1
const OFFERED = 2
const WORKING = 3
const LENT = 4

/** How often a thread looks before it sleeps: going to sleep and waking up costs as much as a short piece. */
const LOOKS = 2000

/** Pieces of a job: the last ones end at nearly the same time in both threads. */
const PIECES = 16

/** JavaScript, because a thread has no loader of its own: it needs nothing but what it is given. */
const PROGRAM = `
const { parentPort, receiveMessageOnPort } = require('node:worker_threads')
parentPort.once('message', ({ module, memory, control, base }) => {
  const { run } = new WebAssembly.Instance(module, { env: { memory } }).exports
  Atomics.compareExchange(control, ${STATE}, ${STARTING}, ${IDLE})
  for (;;) {
    for (let look = 0; Atomics.compareExchange(control, ${STATE}, ${OFFERED}, ${WORKING}) === ${IDLE}; look++)
      if (look > ${LOOKS}) Atomics.wait(control, ${STATE}, ${IDLE})
    if (Atomics.load(control, ${STATE}) === ${LENT}) {
      const { program, data } = receiveMessageOnPort(parentPort).message
      new Function('require', 'run', 'data', program)(require, run, data)
    } else {
      const [input, output, hop, , rowBytes] = control.subarray(${JOB})
      for (;;) {
        const first = Atomics.add(control, ${NEXT}, control[${PIECE}])
        const left = control[${COUNT}] - first
        if (left <= 0) break
        run(base, input + first * hop, output + first * rowBytes, hop, Math.min(control[${PIECE}], left))
      }
    }
    Atomics.store(control, ${STATE}, ${IDLE})
    Atomics.notify(control, ${STATE})
  }
})`

/** It has no end of its own: it goes when the process goes. */
function startThread(): Worker {
  const thread = new Worker(PROGRAM, { eval: true, stdout: false, stderr: false })
  thread.unref()
  return thread
}

let prepared: Worker | undefined

/** Starts the thread of the next kernel: it takes as long as a program does, while the first samples are on their way. */
export function prepareThread(): void {
  prepared ??= startThread()
}

interface Side {
  /** Where the thread has its tables and rooms in the kernel's memory. */
  readonly base: number
  /** Of those. */
  readonly sums: Float32Array
  /** Of a block in the output. */
  readonly rowBytes: number
  /** Does the same on this side. */
  readonly help: (...job: Job) => void
}

export class KernelThread {
  readonly #control = new Int32Array(new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT))
  readonly #side: Side
  readonly #thread: Worker

  constructor(module: WebAssembly.Module, memory: WebAssembly.Memory, side: Side) {
    this.#side = side
    this.#thread = prepared ?? startThread()
    prepared = undefined
    this.#thread.postMessage({ module, memory, control: this.#control, base: side.base })
  }

  /** Returns when all of the job is done. False as long as the thread is not free: whoever asked does it better himself. */
  share(job: Job): boolean {
    const control = this.#control
    if (Atomics.load(control, STATE) !== IDLE) return false
    const [input, output, hop, count] = job
    const { rowBytes, help, sums } = this.#side
    const piece = Math.ceil(count / PIECES)
    sums.fill(0)
    control.set([...job, rowBytes, piece], JOB)
    Atomics.store(control, NEXT, 0)
    Atomics.store(control, STATE, OFFERED)
    Atomics.notify(control, STATE)
    for (;;) {
      const first = Atomics.add(control, NEXT, piece)
      if (first >= count) break
      help(input + first * hop, output + first * rowBytes, hop, Math.min(piece, count - first))
    }
    // A thread that has not come yet need not come at all.
    if (Atomics.compareExchange(control, STATE, OFFERED, IDLE) === OFFERED) return true
    for (let look = 0; Atomics.load(control, STATE) === WORKING; look++)
      if (look > LOOKS) Atomics.wait(control, STATE, WORKING)
    return true
  }

  /**
   * Lends the thread to a program, as soon as it is there: the body of a function of `require`, `run` (that of the module)
   * and the data. It is free again when that returns.
   */
  lend(program: string, data: object): void {
    this.#thread.postMessage({ program, data })
    Atomics.store(this.#control, STATE, LENT)
    Atomics.notify(this.#control, STATE)
  }
}
