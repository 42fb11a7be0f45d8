// The machine under the benches: its programs, its speed at the moment, the environment of all that is measured.

import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const PACKAGES: Readonly<Record<string, string>> = {
  cc: 'gcc libc6-dev',
  'fftw3.h': 'libfftw3-dev',
  gawk: 'gawk',
  initdb: 'postgresql',
  jq: 'jq',
  mawk: 'mawk',
  mlr: 'miller',
  numpy: 'python3-numpy',
  psql: 'postgresql-client',
  python3: 'python3',
  pyzmq: 'python3-zmq',
  scipy: 'python3-scipy',
  sqlite3: 'sqlite3',
  'zmq.h': 'libzmq3-dev',
}

/** What is installed with another tool: the words that do it. */
const COMMANDS: Readonly<Record<string, string>> = {
  aedes: `npm install --prefix ${join(tmpdir(), 'daqutils-bench/aedes')} aedes`,
}
const OURS = [
  'broker',
  'fft',
  'log-sink',
  'log-source',
  'repack',
  'sensor-sim',
  'spectrum',
  'valkyrie-recv',
  'valkyrie-send',
  'verify',
  'vrt',
]
const root = fileURLToPath(new URL('../../', import.meta.url))

/** Inputs are kept here between runs. */
export const folder = join(tmpdir(), 'daqutils-bench')
mkdirSync(folder, { recursive: true })

/** Debian's interpreter rather than a version manager's shim, which costs 130 ms a start. */
export const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3'

/**
 * What every side runs in: no certificate bundle read at each start of node (70 ms), no write a line in Python, and
 * bytes rather than characters in awk and grep.
 */
export const environment: NodeJS.ProcessEnv = { ...process.env, LC_ALL: 'C' }
for (const name of ['NODE_EXTRA_CA_CERTS', 'NODE_OPTIONS', 'NODE_V8_COVERAGE', 'PYTHONUNBUFFERED'])
  delete environment[name]

export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/** The words that start one of our commands. */
export function ourWords(command: string, ...options: readonly string[]): readonly string[] {
  return [process.execPath, join(root, 'bin', `${command}.cjs`), ...options]
}

/** The same for a shell; `options` are shell text. */
export function ours(command: string, options = ''): string {
  return `${ourWords(command).map(quote).join(' ')} ${options}`
}

export function peer(script: string, options = ''): string {
  return `${python} ${quote(peerPath(script))} ${options}`
}

export function peerPath(script: string): string {
  return join(root, 'test/bench/peers', script)
}

/** Why a program cannot be run and how to come by it; nothing if it can. */
export function missing(program: string): string | undefined {
  if (OURS.includes(program))
    return existsSync(join(root, 'dist', `${program}.cjs`)) ? undefined : `${program} is not built: npm run build`
  if (PRESENT[program]?.() ?? findProgram(program) !== undefined) return undefined
  return `${program} is not installed: ${COMMANDS[program] ?? `apt-get install ${PACKAGES[program] ?? program}`}`
}

/** What is not a program on the PATH, and whether it is there. */
const PRESENT: Readonly<Record<string, () => boolean>> = {
  aedes: () => existsSync(join(folder, 'aedes/node_modules/aedes')),
  python3: () => existsSync(python),
  'fftw3.h': () => existsSync('/usr/include/fftw3.h') || existsSync('/usr/local/include/fftw3.h'),
  numpy: () => spawnSync(python, ['-c', 'import numpy'], { env: environment }).status === 0,
  scipy: () => spawnSync(python, ['-c', 'import scipy'], { env: environment }).status === 0,
  pyzmq: () => spawnSync(python, ['-c', 'import zmq'], { env: environment }).status === 0,
  'zmq.h': () => existsSync('/usr/include/zmq.h') || existsSync('/usr/local/include/zmq.h'),
}

/** The path of a program made of `peers/NAME.c`. */
export function compiled(name: string, ...libraries: readonly string[]): string {
  const source = peerPath(`${name}.c`)
  const program = join(folder, `peer-${name}`)
  if (existsSync(program) && statSync(program).mtimeMs > statSync(source).mtimeMs) return program
  execFileSync('cc', ['-O2', '-D_GNU_SOURCE', '-o', program, source, ...libraries], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return program
}

export function findProgram(program: string): string | undefined {
  const postgres = ['17', '16', '15', '14'].map(version => `/usr/lib/postgresql/${version}/bin`)
  for (const place of [...(process.env['PATH'] ?? '').split(delimiter), ...postgres]) {
    const path = join(place, program)
    try {
      accessSync(path, constants.X_OK)
      return path
    } catch {}
  }
  return undefined
}

const execute = promisify(execFile)

/** Standard output of a shell command that must succeed. */
export async function shell(command: string): Promise<string> {
  const options = { env: environment, maxBuffer: 1 << 28 }
  return (await execute('bash', ['--norc', '-o', 'pipefail', '-c', command], options)).stdout
}

/** What `peers/measure.py` says of a command. */
export async function measure(...words: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  const { stdout } = await execute(python, [peerPath('measure.py'), ...words], { env: environment, maxBuffer: 1 << 24 })
  const lines = stdout.trimEnd().split('\n')
  const said: Record<string, unknown> = JSON.parse(lines.at(-1) ?? '')
  if (said['code'] !== 0) throw new Error(`ended with ${said['code']}: ${words.join(' ')}`)
  return said
}

/** Milliseconds for a fixed piece of work, the best of five: compare figures only at the same yardstick. */
export function yardstick(): number {
  let best = Number.POSITIVE_INFINITY
  for (let attempt = 0; attempt < 5; attempt++) {
    const start = performance.now()
    let sum = 0
    for (let i = 0; i < 20_000_000; i++) sum = (sum + (i ^ (sum >> 3))) | 0
    if (sum === 1) throw new Error('unreachable: keeps the loop')
    best = Math.min(best, performance.now() - start)
  }
  return best
}
