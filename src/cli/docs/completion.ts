// Completion scripts for bash, zsh and fish, from the option tables.

import { UsageError } from '../../errors.ts'
import type { Option } from '../option.ts'
import type { CommandTable } from './man.ts'

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

export function completionScript(shell: string, commands: readonly CommandTable[]): string {
  if (shell === 'bash') return bash(commands)
  if (shell === 'zsh') return zsh(commands)
  if (shell === 'fish') return fish(commands)
  throw new UsageError(`'${shell}': expected ${SHELLS.join(', ')}`)
}

const flags = (option: Option) => [`--${option.name}`, ...(option.short ? [`-${option.short}`] : [])]

/** A value that is a file or a URL: the shell offers file names. */
const takesFile = (option: Option) => option.kind === 'text'

function functionName(command: CommandTable): string {
  return `_${command.name.replaceAll(/[- ]/g, '_')}`
}

/** The verbs of a command whose first word says what it does: their names begin with its own. */
function verbsOf({ name }: CommandTable, commands: readonly CommandTable[]): readonly CommandTable[] {
  return commands.filter(command => command.name.startsWith(`${name} `))
}

const lastWord = ({ name }: CommandTable) => name.slice(name.lastIndexOf(' ') + 1)

/** Those that are called by one word. */
const callable = (commands: readonly CommandTable[]) => commands.filter(({ name }) => !name.includes(' '))

function bash(commands: readonly CommandTable[]): string {
  const bodies = commands.map(command => {
    const verbs = verbsOf(command, commands)
    if (verbs.length > 0) return bashVerbs(command, verbs)
    const choices = command.options.filter(option => option.choices)
    const silent = command.options.filter(option => option.kind !== 'flag' && !option.choices && !takesFile(option))
    const cases = [
      ...choices.map(
        option =>
          `    ${flags(option).join('|')}) COMPREPLY=($(compgen -W '${option.choices?.join(' ')}' -- "$word")); return ;;`,
      ),
      ...(silent.length > 0 ? [`    ${silent.flatMap(flags).join('|')}) return ;;`] : []),
    ]
    return `${functionName(command)}() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]}
  case $before in
${cases.join('\n')}
  esac
  if [[ $word == -* ]]; then
    COMPREPLY=($(compgen -W '${command.options.flatMap(flags).join(' ')}' -- "$word"))
  else
    COMPREPLY=($(compgen -f -- "$word"))
  fi
}${command.name.includes(' ') ? '' : `\ncomplete -o filenames -F ${functionName(command)} ${command.name}`}`
  })
  const names = callable(commands)
    .map(command => command.name)
    .join(' ')
  const dispatcher = `_daqutils() {
  if (( COMP_CWORD == 1 )); then
    COMPREPLY=($(compgen -W '${names} completion --help --version' -- "\${COMP_WORDS[1]}"))
    return
  fi
  local name=\${COMP_WORDS[1]}
  declare -F "_\${name//-/_}" >/dev/null && "_\${name//-/_}"
}
complete -o filenames -F _daqutils daqutils`
  return `# bash completion for daqutils\n${[...bodies, dispatcher].join('\n\n')}\n`
}

function bashVerbs(command: CommandTable, verbs: readonly CommandTable[]): string {
  return `${functionName(command)}() {
  local at=1
  [[ \${COMP_WORDS[0]##*/} == ${command.name} ]] || at=2
  if (( COMP_CWORD == at )); then
    COMPREPLY=($(compgen -W '${verbs.map(lastWord).join(' ')} --help --version' -- "\${COMP_WORDS[at]}"))
    return
  fi
  local verb=\${COMP_WORDS[at]}
  declare -F "${functionName(command)}_\${verb//-/_}" >/dev/null && "${functionName(command)}_\${verb//-/_}"
}
complete -o filenames -F ${functionName(command)} ${command.name}`
}

function zsh(commands: readonly CommandTable[]): string {
  const quote = zshQuote
  const bodies = commands.map(command => {
    const verbs = verbsOf(command, commands)
    if (verbs.length > 0) return zshVerbs(command, verbs)
    const rows = command.options.flatMap(option => {
      const action = option.choices ? `(${option.choices.join(' ')})` : takesFile(option) ? '_files' : ''
      const takesValue = option.kind !== 'flag'
      const value = takesValue ? `:${quote(option.argument ?? 'value')}:${action}` : ''
      const repeat = option.many ? '*' : ''
      const row = (name: string) => `    '${repeat}${name}[${quote(option.summary)}]${value}'`
      const long = row(`--${option.name}${takesValue ? '=' : ''}`)
      return option.short ? [row(`-${option.short}${takesValue ? '+' : ''}`), long] : [long]
    })
    return `${functionName(command)}() {
  _arguments -s \\
${rows.join(' \\\n')} \\
    '*::file:_files'
}${command.name.includes(' ') ? '' : `\ncompdef ${functionName(command)} ${command.name}`}`
  })
  const list = callable(commands)
    .map(command => `'${command.name}:${quote(command.summary)}'`)
    .join(' ')
  const dispatcher = `_daqutils() {
  if (( CURRENT == 2 )); then
    local -a names=(${list})
    _describe command names
  else
    local name=$words[2]
    shift words; (( CURRENT-- ))
    _\${name//-/_}
  fi
}
compdef _daqutils daqutils`
  return `#compdef daqutils ${callable(commands)
    .map(command => command.name)
    .join(' ')}\n${[...bodies, dispatcher].join('\n\n')}\n`
}

const zshQuote = (text: string) => text.replace(/[[\]:]/g, '\\$&').replaceAll("'", "'\\''")

function zshVerbs(command: CommandTable, verbs: readonly CommandTable[]): string {
  const list = verbs.map(verb => `'${lastWord(verb)}:${zshQuote(verb.summary)}'`).join(' ')
  return `${functionName(command)}() {
  if (( CURRENT == 2 )); then
    local -a verbs=(${list})
    _describe verb verbs
  else
    local verb=$words[2]
    shift words; (( CURRENT-- ))
    ${functionName(command)}_\${verb//-/_}
  fi
}
compdef ${functionName(command)} ${command.name}`
}

function fish(commands: readonly CommandTable[]): string {
  const quote = (text: string) => text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")
  const lines = commands.flatMap(command =>
    command.options.map(option => {
      const short = option.short ? ` -s ${option.short}` : ''
      const value = option.choices
        ? ` -x -a '${option.choices.join(' ')}'`
        : takesFile(option)
          ? ' -r'
          : option.kind === 'flag'
            ? ''
            : ' -x'
      return `complete -c ${fishCondition(command)}${short} -l ${option.name}${value} -d '${quote(option.summary)}'`
    }),
  )
  const verbs = commands.flatMap(command =>
    verbsOf(command, commands).map(
      verb =>
        `complete -c ${command.name} -n __fish_use_subcommand -f -a ${lastWord(verb)} -d '${quote(verb.summary)}'`,
    ),
  )
  const dispatcher = callable(commands).map(
    command => `complete -c daqutils -n __fish_use_subcommand -f -a ${command.name} -d '${quote(command.summary)}'`,
  )
  return `# fish completion for daqutils\n${[...lines, ...verbs, ...dispatcher].join('\n')}\n`
}

/** The program, and for a verb that it has been typed. */
function fishCondition({ name }: CommandTable): string {
  const [program, verb] = name.split(' ')
  return verb === undefined ? name : `${program} -n '__fish_seen_subcommand_from ${verb}'`
}
