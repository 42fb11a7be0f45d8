// A thread that runs the kernel's module on its memory, one job after the other, while this thread does something else.

import { Worker } from 'node:worker_threads'
import type { Job } from './kernel.ts'

/** The words of the control block that both threads share; the job's parameters come behind the state. */
const STATE = 0
const WORDS = 5

/** The thread is not there yet; it waits for a job; there is a job for it. Its `DONE` is that it waits again. */
const STARTING = 0
const IDLE = 1
const BUSY = 2

/** How often a thread looks before it sleeps: going to sleep and waking up costs as much as a short job. */
const LOOKS = 20_000

/** JavaScript, because a thread has no loader of its own: it needs nothing but what it is given. */
const PROGRAM = `
const { module, memory, control } = require('node:worker_threads').workerData
const { run } = new WebAssembly.Instance(module, { env: { memory } }).exports
const finish = () => {
  Atomics.store(control, ${STATE}, ${IDLE})
  Atomics.notify(control, ${STATE})
}
finish()
for (;;) {
  for (let look = 0; Atomics.load(control, ${STATE}) !== ${BUSY}; look++)
    if (look > ${LOOKS}) Atomics.wait(control, ${STATE}, ${IDLE})
  run(control[1], control[2], control[3], control[4])
  finish()
}`

export class KernelThread {
  readonly #control = new Int32Array(new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT))

  constructor(module: WebAssembly.Module, memory: WebAssembly.Memory) {
    const workerData = { module, memory, control: this.#control }
    // It has no end of its own: it goes when the process goes.
    new Worker(PROGRAM, { eval: true, workerData, stdout: false, stderr: false }).unref()
  }

  /** False as long as the thread is not there: whoever asked does the job better himself. */
  begin(job: Job): boolean {
    if (Atomics.load(this.#control, STATE) === STARTING) return false
    this.finish()
    this.#control.set(job, STATE + 1)
    Atomics.store(this.#control, STATE, BUSY)
    Atomics.notify(this.#control, STATE)
    return true
  }

  /** Returns when the last job is done. */
  finish(): void {
    for (let look = 0; Atomics.load(this.#control, STATE) === BUSY; look++)
      if (look > LOOKS) Atomics.wait(this.#control, STATE, BUSY)
  }
}
