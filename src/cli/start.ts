// The first thing a command's bundle runs: it loads the rest.

/** Whatever escapes from `load` is printed and makes exit code 1. */
export function start(name: string, load: () => Promise<void>): void {
  load().catch((error: unknown) => {
    process.stderr.write(`${name}: ${error instanceof Error ? error.stack : error}\n`)
    process.exitCode = 1
  })
}
