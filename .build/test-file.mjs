// One test file, compiled, in this process, which takes itself for that of its source.

import { join, relative, resolve } from 'node:path'

const compiled = resolve('.tap/compiled')
process.argv.splice(1, 1)
const file = relative(process.cwd(), process.argv[1]).replace(/\.ts$/, '.js')
const { t } = await import(join(compiled, 'node_modules/@tapjs/tap.js'))
const late = setTimeout(endLate, Number(process.env.DAQ_TEST_SECONDS) * 1000)
late.unref()
await import(join(compiled, file))

/** Whoever ends this process from outside loses what it has printed: which of its tests hangs. */
function endLate() {
  t.endAll()
  setTimeout(() => process.exit(1), 1000)
}
