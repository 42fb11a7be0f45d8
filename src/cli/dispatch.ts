// `daqutils COMMAND …`: each command by its name, and the completion scripts.

import { UsageError } from '../errors.ts'
import type { Command } from './command.ts'
import { EXIT, exitCodeOf } from './exit.ts'
import { createLog } from './log.ts'
import { distance } from './parse.ts'
import { version } from './version.ts'

/** A command that is loaded when it is asked for. */
export interface CommandEntry {
  readonly name: string
  readonly summary: string
  readonly run: (words: readonly string[]) => Promise<number>
  readonly table: () => Promise<Omit<Command, 'run'>>
  /** Of a command whose first word says what it does. */
  readonly verbs?: readonly CommandEntry[]
}

/** The rows of the table of commands: each command, and after it its verbs. */
export function allTables(entries: readonly CommandEntry[]): Promise<readonly Omit<Command, 'run'>[]> {
  return Promise.all(entries.flatMap(entry => [entry, ...(entry.verbs ?? [])]).map(entry => entry.table()))
}

/** The page of a command, `broker-serve` of `broker serve`. */
export function pageName({ name }: Pick<CommandEntry, 'name'>): string {
  return name.replaceAll(' ', '-')
}

/** Runs `process.argv` as the words after `daqutils`, and ends the process. */
export async function dispatch(entries: readonly CommandEntry[]): Promise<void> {
  const [name, ...words] = process.argv.slice(2)
  const log = createLog({
    command: 'daqutils',
    quiet: false,
    verbose: false,
    write: text => process.stderr.write(text),
  })
  try {
    process.exit(await runNamed(entries, name, words))
  } catch (error) {
    log.error(error instanceof Error ? error.message : String(error))
    process.exit(exitCodeOf(error))
  }
}

async function runNamed(
  entries: readonly CommandEntry[],
  name: string | undefined,
  words: readonly string[],
): Promise<number> {
  if (name === '--version' || name === '-V') return print(`daqutils ${version()}\n`)
  if (name === undefined || name === '--help' || name === '-h')
    return print(overview(entries), name ? EXIT.done : EXIT.usage)
  if (name === 'completion') {
    const { completionScript } = await import('./docs/completion.ts')
    return print(completionScript(words[0] ?? '', await allTables(entries)))
  }
  const entry = entries.find(entry => entry.name === name)
  if (entry) return entry.run(words)
  const near = entries.find(entry => distance(entry.name, name) <= 2)
  const known = entries.map(entry => entry.name).join(', ')
  throw new UsageError(
    `'${name}' is no command${near ? `: did you mean ${near.name}?` : ''} (known: ${known}, completion)`,
  )
}

function overview(entries: readonly CommandEntry[]): string {
  const width = Math.max(...entries.map(entry => entry.name.length), 'completion'.length)
  const rows = [
    ...entries.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    `  ${'completion'.padEnd(width)}  print the completion script for bash, zsh or fish`,
  ]
  return `daqutils COMMAND [options]\n\nCoreutils for data acquisition.\n\n${rows.join('\n')}\n\nMore: daqutils COMMAND --help, man daqutils\n`
}

async function print(text: string, code = 0): Promise<number> {
  process.stdout.on('error', () => process.exit(EXIT.readerGone))
  await new Promise<void>(resolve => process.stdout.write(text, () => resolve()))
  return code
}
