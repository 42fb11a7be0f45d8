// Whether this V8 has the relaxed-SIMD instructions of WebAssembly: multiply and add in one.

import { withRelaxedSimd } from '../v8-flags.ts'
import { FUSED, FunctionCode, int, moduleBytes, vector } from './wasm.ts'

let known: boolean | undefined

/**
 * V8 has them from 11.4 on (Node 21); that of Node 20 knows them, finished, behind a flag, which is set for what is compiled
 * here. Without them the kernel takes a fifth longer and rounds twice where it could round once.
 */
export function hasRelaxedSimd(): boolean {
  known ??= withRelaxedSimd(() => WebAssembly.validate(probe()))
  return known
}

/** Its code may have them, where there are any. */
export function compiledModule(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  return withRelaxedSimd(() => new WebAssembly.Module(bytes))
}

function probe(): Uint8Array<ArrayBuffer> {
  const f = new FunctionCode(0)
  const one = vector.value(1)
  f.store(int.value(0), 0, FUSED.add(one, one, one))
  return moduleBytes({ functions: [['probe', f]], shared: false })
}
