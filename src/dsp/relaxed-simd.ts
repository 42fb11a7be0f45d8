// Whether this V8 has the relaxed-SIMD instructions of WebAssembly: multiply and add in one.

import { allowRelaxedSimd } from '../v8-flags.ts'
import { FUSED, FunctionCode, int, moduleBytes, vector } from './wasm.ts'

let known: boolean | undefined

/**
 * V8 has them from 11.4 on (Node 21); that of Node 20 knows them, finished, behind a flag, which is set here. Without them the
 * kernel takes a fifth longer and rounds twice where it could round once.
 */
export function hasRelaxedSimd(): boolean {
  known ??= isValid() || isValidBehindFlag()
  return known
}

function isValidBehindFlag(): boolean {
  return allowRelaxedSimd() && isValid()
}

function isValid(): boolean {
  const f = new FunctionCode(0)
  const one = vector.value(1)
  f.store(int.value(0), 0, FUSED.add(one, one, one))
  return WebAssembly.validate(moduleBytes({ functions: [['probe', f]], shared: false }))
}
