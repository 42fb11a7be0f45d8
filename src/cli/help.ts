// The text of `--help`, laid out by yargs from the option table. Loaded only when somebody asks.

import yargs, { type Options } from 'yargs'
import type { Command, Positional } from './command.ts'
import { EXIT_CODES } from './exit.ts'
import type { Option } from './option.ts'

const WIDTH = 100

/** The synopsis: `repack [options] [STORE…]`. */
export function synopsis(command: Pick<Command, 'name' | 'positionals'>): string {
  return [command.name, '[options]', ...command.positionals.map(positionalText)].join(' ')
}

function positionalText({ name, many, required }: Positional): string {
  const text = many ? `${name}…` : name
  return required ? text : `[${text}]`
}

export async function helpText(command: Omit<Command, 'run'>): Promise<string> {
  const layout = yargs([])
    .scriptName(command.name)
    .usage(`${synopsis(command)}\n\n${command.summary}`)
    .help(false)
    .version(false)
    .locale('en')
    .wrap(Math.min(WIDTH, process.stdout.columns ?? WIDTH))
    .options(Object.fromEntries(command.options.map(option => [spelling(option), yargsOption(option)])))
    .epilogue(epilogue(command))
  for (const { name, summary } of command.positionals) layout.positional(name, { describe: summary, type: 'string' })
  for (const { line, summary } of command.examples) layout.example(line, summary)
  return `${await layout.getHelp()}\n`
}

/** `count=N`, `stats[=EVERY]`: as it is typed after the dashes. */
function spelling({ name, argument = 'VALUE', bare, kind }: Option): string {
  if (kind === 'flag') return name
  return bare === undefined ? `${name}=${argument}` : `${name}[=${argument}]`
}

function yargsOption(option: Option): Options {
  return {
    describe: option.summary,
    ...(option.short && { alias: option.short }),
    ...(option.choices && { choices: option.choices }),
    ...(option.default !== undefined && { default: option.default }),
  }
}

function epilogue(command: Pick<Command, 'name'>): string {
  const codes = EXIT_CODES.map(({ code, meaning }) => `  ${String(code).padStart(3)}  ${meaning}`)
  return [`Exit codes:`, ...codes, '', `More in the manual: man ${command.name}`].join('\n')
}
