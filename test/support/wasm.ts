// For tests of code that is made: functions run in a module of their own, on a memory that can be looked into.

import { compiledModule } from '../../src/dsp/relaxed-simd.ts'
import { type FunctionCode, moduleBytes } from '../../src/dsp/wasm.ts'

export interface Running {
  readonly floats: Float32Array
  readonly ints: Int32Array
  run(...parameters: readonly number[]): void
}

/** The function in a module with two pages of memory. */
export function running(code: FunctionCode): Running {
  const memory = new WebAssembly.Memory({ initial: 2 })
  const module = compiledModule(moduleBytes({ functions: [['run', code]], shared: false }))
  const run = new WebAssembly.Instance(module, { env: { memory } }).exports['run']
  if (typeof run !== 'function') throw new TypeError('no function')
  return {
    floats: new Float32Array(memory.buffer),
    ints: new Int32Array(memory.buffer),
    run: (...parameters) => run(...parameters),
  }
}
