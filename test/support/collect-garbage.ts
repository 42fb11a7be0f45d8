// The engine's collector on request, for tests of what is kept.

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect: unknown = runInNewContext('gc')

export function gc(): void {
  if (typeof collect === 'function') collect()
}
