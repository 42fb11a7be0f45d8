// One test file, compiled, in this process, which takes itself for that of its source.

import { join, relative, resolve } from 'node:path'

process.argv.splice(1, 1)
const file = relative(process.cwd(), process.argv[1]).replace(/\.ts$/, '.js')
await import(join(resolve('.tap/compiled'), file))
