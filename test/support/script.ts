// A small program run as a process of its own, from the sources: for what only a process can show.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { ROOT } from './cases.ts'
import { LOADER, source } from './sources.ts'

export interface Script {
  readonly child: ChildProcess
  /** Resolves when stdout and stderr together have said the words; rejects when the process ends without. */
  said(words: string): Promise<void>
  /** The exit code, or the name of the signal that ended it, and all it said. */
  ended(): Promise<{ readonly code: number | string | null; readonly text: string }>
}

export interface ScriptOptions {
  /** No file of it may grow beyond so many KiB. */
  readonly blocks?: number
}

/** Runs an ES module; `src/…` in its imports is the folder of the sources. */
export function startScript(code: string, words: readonly string[] = [], { blocks }: ScriptOptions = {}): Script {
  const module = code.replace(/'(src\/[^']+)'/g, (_, path: string) => `'${source(path)}'`)
  const limit = blocks === undefined ? '' : `unset NODE_OPTIONS; trap '' XFSZ; ulimit -f ${blocks}; `
  const node = [process.execPath, ...LOADER, '--input-type=module', '-e', module, '--', 'script', ...words]
  const child = spawn('bash', ['--norc', '-c', `${limit}exec "$@"`, 'bash', ...node], { cwd: ROOT })
  let text = ''
  const add = (chunk: Buffer) => {
    text += chunk
  }
  child.stdout.on('data', add)
  child.stderr.on('data', add)
  const closed = once(child, 'close')
  return {
    child,
    async said(words) {
      while (!text.includes(words)) {
        if (child.exitCode !== null) throw new Error(`ended without '${words}': ${text}`)
        await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data'), closed])
      }
    },
    async ended() {
      const [code, signal] = await closed
      return { code: signal ?? code, text }
    },
  }
}
