// The thread: shares jobs when it is there, and keeps no process alive. With a kernel: kernel.test.ts.

import t from 'tap'
import type { Job } from '../../src/dsp/kernel.ts'
import { KernelThread } from '../../src/dsp/kernel-thread.ts'
import { FunctionCode, moduleBytes, vector } from '../../src/dsp/wasm.ts'

async function untilFree(thread: KernelThread, job: Job) {
  const started = performance.now()
  while (!thread.share(job)) {
    if (performance.now() - started > 30_000) throw new Error('the thread does not come')
    await new Promise(resolve => setTimeout(resolve, 1))
  }
}

t.test('jobs are done by both threads together, each when the call returns', async t => {
  const run = new FunctionCode(5)
  // The sum of what is at the input address goes up by what is at the output address, count times.
  const [input, output, , count] = [1, 2, 3, 4].map(index => run.parameter(index))
  if (!input || !output || !count) throw new Error('four parameters')
  run.loop(() => {
    run.store(input.get, 0, vector.add(vector.load(input.get, 0), vector.load(output.get, 0)))
    run.advance(count, -1)
    return count.get
  })
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true })
  const module = new WebAssembly.Module(moduleBytes({ functions: [['run', run]], shared: true }))
  const floats = new Float32Array(memory.buffer)
  floats.fill(1, 4, 8)
  let helped = 0
  const help = (_input: number, output: number, _hop: number, count: number) => {
    const floats = new Float32Array(memory.buffer)
    // Its sum lies elsewhere: both add at the same time.
    floats[8] = (floats[8] ?? 0) + count * (floats[output / 4] ?? 0)
    helped += count
  }
  const thread = new KernelThread(module, memory, { base: 0, rowBytes: 0, sums: new Float32Array(4), help })
  await untilFree(thread, [0, 16, 0, 1])
  t.equal((floats[0] ?? 0) + (floats[8] ?? 0), 1)
  for (let job = 1; job <= 1000; job++) {
    thread.share([0, 16, 0, 100])
    const done = (floats[0] ?? 0) + (floats[8] ?? 0)
    if (done !== 100 * job + 1) t.fail(`${done} blocks after ${job} jobs`)
  }
  t.equal((floats[0] ?? 0) + (floats[8] ?? 0), 100_001, 'each block once, by one of both')
  t.equal(floats[8], helped)
})

t.test('it is lent to another program, also before it is there, and free again afterwards', async t => {
  const run = new FunctionCode(5)
  run.store(run.parameter(0).get, 0, vector.value(5))
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true })
  const module = new WebAssembly.Module(moduleBytes({ functions: [['run', run]], shared: true }))
  const floats = new Float32Array(memory.buffer)
  const help = () => {}
  const thread = new KernelThread(module, memory, { base: 0, rowBytes: 0, sums: new Float32Array(4), help })
  const words = new Int32Array(new SharedArrayBuffer(8))
  const program = "run(64); Atomics.add(data.words, 0, require('node:path').sep.length); Atomics.wait(data.words, 1, 0)"
  for (const turn of [1, 2]) {
    thread.lend(program, { words })
    t.notOk(thread.share([0, 16, 0, 1]), 'it is not free')
    while (Atomics.load(words, 0) < turn) await new Promise(resolve => setTimeout(resolve, 1))
    t.notOk(thread.share([0, 16, 0, 1]), 'nor while it is at work elsewhere')
    Atomics.store(words, 1, 1)
    Atomics.notify(words, 1)
    await untilFree(thread, [0, 16, 0, 1])
    Atomics.store(words, 1, 0)
  }
  t.equal(floats[16], 5)
})
