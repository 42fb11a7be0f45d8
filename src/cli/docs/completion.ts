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
  return `_${command.name.replaceAll('-', '_')}`
}

function bash(commands: readonly CommandTable[]): string {
  const bodies = commands.map(command => {
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
}
complete -o filenames -F ${functionName(command)} ${command.name}`
  })
  const names = commands.map(command => command.name).join(' ')
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

function zsh(commands: readonly CommandTable[]): string {
  const quote = (text: string) => text.replace(/[[\]:]/g, '\\$&').replaceAll("'", "'\\''")
  const bodies = commands.map(command => {
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
}
compdef ${functionName(command)} ${command.name}`
  })
  const list = commands.map(command => `'${command.name}:${quote(command.summary)}'`).join(' ')
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
  return `#compdef daqutils ${commands.map(command => command.name).join(' ')}\n${[...bodies, dispatcher].join('\n\n')}\n`
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
      return `complete -c ${command.name}${short} -l ${option.name}${value} -d '${quote(option.summary)}'`
    }),
  )
  const dispatcher = commands.map(
    command => `complete -c daqutils -n __fish_use_subcommand -f -a ${command.name} -d '${quote(command.summary)}'`,
  )
  return `# fish completion for daqutils\n${[...lines, ...dispatcher].join('\n')}\n`
}
