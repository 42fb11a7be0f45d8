// What a command's file in bin/ calls: answers `--version` at once; runs the command's bundle otherwise, from the compiled form
// that the build left beside it: a quarter off every start.

import { readFileSync, writeFileSync, writeSync } from 'node:fs'
import * as modules from 'node:module'
import { dirname, join } from 'node:path'
import { Script } from 'node:vm'
import { errorCode, systemReason } from '../errors.ts'
import { expectLargeBuffers } from '../large-buffers.ts'
import { resetFlags } from '../v8-flags.ts'
import { EXIT } from './exit.ts'
import { isVersionAsked, version } from './version.ts'

/** A command that starts another thread has done so, which takes twice as long under flags that are not usual; not much has passed. */
const SOON_MS = 150

/** Set by the build, while it runs each command once, so that what a start needs is compiled and kept. */
const KEEP = process.env['DAQUTILS_KEEP_CODE'] === '1'

/**
 * `dist/NAME.cjs`, with `dist/NAME.code` if there is one. V8 itself refuses a code cache of another version or source, and
 * compiles the bundle as usual; without one, from Node 22.1 on, Node's own cache is used.
 */
export function launch(name: string): void {
  if (isVersionAsked(process.argv.slice(2))) {
    tellVersion(name)
    return
  }
  // It loads modules that a short run can do without.
  setTimeout(expectLargeBuffers, SOON_MS).unref()
  const file = join(__dirname, `${name}.cjs`)
  const cachedData = readIfThere(join(__dirname, `${name}.code`))
  if (!cachedData && !KEEP) {
    const enable: unknown = Reflect.get(modules, 'enableCompileCache')
    if (typeof enable === 'function') enable()
    require(file)
    return
  }
  // Bundles are plain ASCII, and text of one byte a character is read fastest.
  const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(file, 'latin1')}\n})`
  const script = new Script(source, { filename: file, ...(cachedData && { cachedData }) })
  if (KEEP) {
    const keep = () => {
      resetFlags()
      writeFileSync(join(__dirname, `${name}.code`), script.createCachedData())
    }
    process.on('exit', keep)
    // A sensor's process is killed by its parent and has no exit of its own.
    setTimeout(keep, 150).unref()
  }
  script.runInThisContext()(exports, require, module, file, dirname(file))
}

/** Without the stream of stdout, which takes longer to make than everything else here. */
function tellVersion(name: string): void {
  try {
    writeSync(1, `${name} ${version()}\n`)
  } catch (error) {
    process.exitCode = errorCode(error) === 'EPIPE' ? EXIT.readerGone : EXIT.failed
    if (process.exitCode === EXIT.failed) writeSync(2, `${name}: cannot write to stdout: ${systemReason(error)}\n`)
  }
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch {
    return undefined
  }
}
