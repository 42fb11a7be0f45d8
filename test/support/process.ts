// Real processes for the tests of the process boundary: started, watched, signalled and never left behind.

import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { delimiter } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import type { Test } from 'tap'
import { commandFolder } from './cases.ts'

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Started {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>
  /** Resolves with all of stdout so far when it has said so; rejects when the process ended without. */
  readonly printed: (what: string | RegExp) => Promise<string>
  /** The same of stderr. */
  readonly said: (what: string | RegExp) => Promise<string>
  readonly ended: Promise<Ended>
}

export interface StartOptions {
  readonly environment?: Readonly<Record<string, string>>
  readonly folder?: string
}

/** Starts a command line in bash; what is still running when the test ends is killed, with all it started. */
export function start(t: Test, line: string, { environment, folder = t.testdir({}) }: StartOptions = {}): Started {
  const commands = commandFolder(t.testdirName)
  const { NODE_EXTRA_CA_CERTS: _, ...inherited } = process.env
  const env = { ...inherited, PATH: `${commands}${delimiter}${process.env['PATH']}`, ...environment }
  // With a socket for stdin, bash takes itself for started by a remote shell, and would read the user's .bashrc.
  const child = spawn('bash', ['--norc', '-o', 'pipefail', '-c', `unset NODE_OPTIONS\n${line}`], {
    cwd: folder,
    env,
    detached: true,
    stdio: 'pipe',
  })
  const closed = once(child, 'close')
  const text = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8')
    child[name].on('data', (chunk: string) => {
      text[name] += chunk
    })
  }
  child.stdin.on('error', () => {})
  let over = false
  const ended = closed.then(([code, signal]): Ended => {
    over = true
    return { code, signal, ...text }
  })
  t.teardown(async () => {
    try {
      process.kill(-(child.pid ?? 0), 'SIGKILL')
    } catch {
      // Nothing of it is left.
    }
    await ended
  })
  const waiting = (name: 'stdout' | 'stderr') => async (what: string | RegExp) => {
    const found = () => (typeof what === 'string' ? text[name].includes(what) : what.test(text[name]))
    while (!found()) {
      if (over) throw new Error(`ended without ${what} on ${name}: ${text.stdout}${text.stderr}`)
      await Promise.race([once(child[name], 'data'), closed])
    }
    return text[name]
  }
  return { child, printed: waiting('stdout'), said: waiting('stderr'), ended }
}

/** Runs a command line to its end, with this input. */
export async function finish(t: Test, line: string, input = '', options: StartOptions = {}): Promise<Ended> {
  const { child, ended } = start(t, line, options)
  child.stdin.end(input)
  return ended
}

/** A number of `/proc/PID/status` in bytes: VmHWM is the most memory that was ever resident. */
export function memory(pid: number, name: 'VmRSS' | 'VmHWM'): number {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(found?.[1]) * 1024
}
