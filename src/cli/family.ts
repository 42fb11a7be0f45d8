// A command whose first word says what it does: `broker serve`. Each of its verbs is a command of its own.

import { UsageError } from '../errors.ts'
import type { Command, Example, Topic } from './command.ts'
import { type CommandEntry, pageName } from './dispatch.ts'
import { exitCodeOf } from './exit.ts'
import { createLog } from './log.ts'
import { say } from './main.ts'
import { distance } from './parse.ts'
import { COMMON } from './shared-options.ts'
import { version } from './version.ts'

export interface Family {
  readonly name: string
  readonly summary: string
  readonly description: readonly string[]
  readonly topics?: readonly Topic[]
  readonly examples: readonly Example[]
  readonly seeAlso?: readonly string[]
  /** Their names begin with that of the family. */
  readonly verbs: readonly CommandEntry[]
}

/** Runs `process.argv` as the words after the family's name, and ends the process. */
export async function mainFamily(family: Family): Promise<void> {
  process.exit(await runFamily(family, process.argv.slice(2)))
}

export async function runFamily(family: Family, words: readonly string[]): Promise<number> {
  const { name, verbs } = family
  const [first, ...rest] = words
  if (first === '--version' || first === '-V') return say(name, `${name} ${version()}\n`)
  if (first === '--help' || first === '-h') return say(name, overview(family))
  const verb = verbs.find(entry => verbOf(entry) === first)
  if (verb) return verb.run(rest)
  const log = createLog({ command: name, quiet: false, verbose: false, write: text => process.stderr.write(text) })
  const near = verbs.find(entry => distance(verbOf(entry), first ?? '') <= 2)
  const known = verbs.map(verbOf).join(', ')
  const error = new UsageError(
    first === undefined
      ? `do what? Expected ${known}`
      : `'${first}': expected ${known}${near ? `; did you mean ${verbOf(near)}?` : ''}`,
  )
  log.error(error.message)
  process.stderr.write(`Try '${name} --help'.\n`)
  return exitCodeOf(error)
}

/** The last word of its name. */
export function verbOf({ name }: Pick<CommandEntry, 'name'>): string {
  return name.slice(name.indexOf(' ') + 1)
}

/** The family as a row of the command table, for its own page. */
export function familyTable(family: Family): Omit<Command, 'run'> {
  const { verbs, topics = [], ...rest } = family
  const terms = verbs.map(({ name, summary }) => [name, `${summary}: see ${pageName({ name })}(1)`] as const)
  return {
    ...rest,
    positionals: [{ name: 'VERB', summary: `what to do: ${verbs.map(verbOf).join(', ')}`, required: true }],
    options: COMMON.filter(({ name }) => name === 'help' || name === 'version'),
    topics: [{ title: 'Verbs', terms }, ...topics],
    seeAlso: [...verbs.map(({ name }) => `${pageName({ name })}(1)`), ...(family.seeAlso ?? [])],
    filter: false,
  }
}

function overview({ name, summary, verbs, examples }: Family): string {
  const width = Math.max(...verbs.map(verb => verb.name.length))
  const rows = verbs.map(verb => `  ${verb.name.padEnd(width)}  ${verb.summary}`)
  const shown = examples.map(({ line, summary }) => `  ${line}\n      ${summary}`)
  return `${name} VERB [options]\n\n${summary}\n\n${rows.join('\n')}\n\nExamples:\n${shown.join('\n')}\n\nExit codes and more: ${name} VERB --help, man ${name}\n`
}
