// What a command says to people: each line on stderr as `command: message`.

import { harmless } from '../printable.ts'

export interface Log {
  readonly error: (message: string) => void
  readonly warn: (message: string) => void
  readonly inform: (message: string) => void
  readonly explain: (message: string) => void
  readonly line: (text: string) => void
}

export interface LogOptions {
  readonly command: string
  readonly quiet: boolean
  readonly verbose: boolean
  readonly write: (text: string) => void
}

export function createLog({ command, quiet, verbose, write }: LogOptions): Log {
  const say = (message: string) => write(`${command}: ${harmless(message)}\n`)
  const nothing = () => {}
  return {
    error: say,
    warn: quiet ? nothing : say,
    inform: quiet ? nothing : say,
    explain: verbose ? say : nothing,
    line: text => write(`${text}\n`),
  }
}
