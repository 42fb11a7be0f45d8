// The first thing a command's bundle runs: answers `--version` at once, loads the rest otherwise.

import { writeSync } from 'node:fs'
import { EXIT } from './exit.ts'
import { version } from './version.ts'

/** Runs `load` unless the only word is `--version`; whatever escapes from it is printed and makes exit code 1. */
export function start(name: string, load: () => Promise<void>): void {
  const words = process.argv.slice(2)
  if (words.length === 1 && (words[0] === '--version' || words[0] === '-V')) {
    process.stdout.on('error', () => process.exit(EXIT.readerGone))
    answer(`${name} ${version()}\n`)
    return
  }
  load().catch((error: unknown) => {
    process.stderr.write(`${name}: ${error instanceof Error ? error.stack : error}\n`)
    process.exitCode = 1
  })
}

/** Without the stream of stdout, which takes longer to make than everything else here. */
function answer(text: string): void {
  try {
    writeSync(1, text)
  } catch {
    process.exitCode = 141
  }
}
