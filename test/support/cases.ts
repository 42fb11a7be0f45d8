// Golden cases: fixtures/cases/<command>/<what-it-shows>/{cmd,in,out,err,code}, run by bash with bin/ on the PATH.

import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export interface Outcome {
  readonly code: number | null
  readonly stdout: Buffer
  readonly stderr: string
}

export interface RunOptions {
  readonly folder: string
  readonly input?: Uint8Array
  readonly environment?: Readonly<Record<string, string>>
}

/** A folder with every command by its plain name, as an installed package has it. */
export function commandFolder(parent: string): string {
  const folder = join(parent, 'commands')
  if (existsSync(folder)) return folder
  mkdirSync(folder, { recursive: true })
  const { bin }: { bin: Record<string, string> } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  for (const [name, path] of Object.entries(bin)) symlinkSync(join(ROOT, path), join(folder, name))
  return folder
}

/** Runs a command line in bash (pipefail) and waits for its end. */
export function runLine(line: string, commands: string, { folder, input, environment }: RunOptions): Promise<Outcome> {
  const { NODE_EXTRA_CA_CERTS: _, ...inherited } = process.env
  const env = { ...inherited, PATH: `${commands}${delimiter}${process.env['PATH']}`, ...environment }
  const child = spawn('bash', ['--norc', '-o', 'pipefail', '-c', `unset NODE_OPTIONS\n${line}`], { cwd: folder, env })
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  child.stdin.on('error', () => {})
  child.stdin.end(input ?? '')
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', code =>
      resolve({ code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() }),
    )
  })
}
