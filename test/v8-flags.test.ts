// A process that compiles late still compiles, and what it leaves behind can be used.

import { execFileSync } from 'node:child_process'
import { Script } from 'node:vm'
import t from 'tap'
import { LOADER, source } from './support/sources.ts'

const module = source('src/v8-flags.ts')

/** Runs a hot function and prints how V8 sees it: bit 4 (16) of the status is `optimized`. */
function statusAfter(calls: number, late: string): number {
  const code = `${late}
    let sum = 0
    function hot(n) { for (let i = 0; i < 100; i++) sum += i * n; return sum }
    for (let i = 0; i < ${calls}; i++) hot(i)
    process.stdout.write(String(%GetOptimizationStatus(hot)))`
  const flags = ['--allow-natives-syntax', ...LOADER, '--input-type=module']
  return Number(execFileSync(process.execPath, [...flags, '-e', code], { encoding: 'utf8', stdio: 'pipe' }))
}

const late = `import { compileLate } from '${module}'\ncompileLate()\n`

t.test('a function that runs a little is left as it is; one that runs much is optimised', async t => {
  t.equal(statusAfter(100, late) & 16, 0, 'few calls')
  t.equal(statusAfter(100_000, late) & 16, 16, 'many calls')
})

t.test('compiled code that is kept afterwards is accepted by the next process', async t => {
  const code = `import { Script } from 'node:vm'
    import { collectLate, compileLate, resetFlags, withRelaxedSimd } from '${module}'
    const script = new Script('(function f() { return 1 })()')
    compileLate()
    withRelaxedSimd(() => {})
    collectLate()
    resetFlags()
    process.stdout.write(script.createCachedData().toString('base64'))`
  const flags = [...LOADER, '--input-type=module']
  const kept = execFileSync(process.execPath, [...flags, '-e', code], { encoding: 'utf8', stdio: 'pipe' })
  const script = new Script('(function f() { return 1 })()', { cachedData: Buffer.from(kept, 'base64') })
  t.equal(script.cachedDataRejected, false)
})
