// Memory that is freed is used again instead of being given back.

import { execFileSync } from 'node:child_process'
import t from 'tap'
import { LOADER, source } from './support/sources.ts'

const module = source('src/large-buffers.ts')
const isGlibc = 'glibcVersionRuntime' in JSON.parse(JSON.stringify(process.report.getReport())).header

/** Pages that the system had to clear for 200 buffers of 1 MiB, one after the other. */
function faultsWith(before: string): number {
  const code = `${before}
    for (let i = 0; i < 100; i++) Buffer.allocUnsafeSlow(1 << 20).fill(1)
    const start = process.resourceUsage().minorPageFault
    for (let i = 0; i < 400; i++) {
      Buffer.allocUnsafeSlow(1 << 20).fill(1)
      if (i % 16 === 0) await new Promise(resolve => setImmediate(resolve))
    }
    process.stdout.write(String(process.resourceUsage().minorPageFault - start))`
  const flags = [...LOADER, '--input-type=module', '-e', code]
  return Number(execFileSync(process.execPath, flags, { encoding: 'utf8' }))
}

t.test('fewer pages are cleared', { skip: isGlibc ? false : 'skipped: another C library' }, async t => {
  const usual = faultsWith('')
  const expected = faultsWith(`import { expectLargeBuffers } from '${module}'\nexpectLargeBuffers()\n`)
  t.ok(expected < usual / 2, `${expected} instead of ${usual}`)
})
