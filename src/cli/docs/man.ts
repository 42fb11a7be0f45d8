// A command's man page, from its row of the command table.

import type { Command } from '../command.ts'
import { pageName } from '../dispatch.ts'
import { EXIT_CODES } from '../exit.ts'
import { synopsis } from '../help.ts'
import type { Option } from '../option.ts'
import { environmentName } from '../parse.ts'
import { ENDPOINT_PAGE, endpointSection } from './endpoints.ts'
import { escaped, inline, literal, paragraph, references, section, term } from './roff.ts'

export type CommandTable = Omit<Command, 'run'>

export function manPage(command: CommandTable, version: string): string {
  const { name, summary, options } = command
  const endpoints = endpointSection(command)
  const seeAlso = [
    ...(command.seeAlso ?? []),
    'daqutils(7)',
    ...(endpoints.length > 0 ? [`${ENDPOINT_PAGE}(7)`] : []),
    'packet(5)',
  ]
  const parts = [
    `.\\" Made from the command table by 'npm run docs'.`,
    `.TH ${pageName(command).toUpperCase()} 1 "" "daqutils ${version}" "daqutils"`,
    section('Name'),
    `${escaped(pageName(command))} \\- ${inline(summary)}`,
    section('Synopsis'),
    `\\fB${escaped(name)}\\fR${escaped(synopsis(command).slice(name.length))}`,
    section('Description'),
    ...command.description.map(paragraph),
    ...command.positionals.map(row => term(escaped(row.name), row.summary)),
    section('Options'),
    ...options.map(optionTerm),
    ...(command.topics ?? []).flatMap(topic => [
      section(topic.title),
      ...(topic.text ?? []).map(paragraph),
      ...(topic.terms ?? []).map(([head, meaning]) => term(`\\fB${escaped(head)}\\fR`, meaning)),
    ]),
    ...endpoints,
    section('Exit status'),
    ...EXIT_CODES.map(({ code, meaning }) => term(String(code), meaning)),
    section('Signals'),
    ...SIGNALS.map(([signal, meaning]) => term(signal, meaning)),
    section('Environment'),
    ...ENVIRONMENT.map(([variable, meaning]) => term(variable, meaning)),
    section('Examples'),
    ...command.examples.flatMap(({ summary, line }) => [paragraph(`${summary}:`), literal(line)]),
    section('See also'),
    references(seeAlso),
  ]
  return `${parts.join('\n')}\n`
}

function optionTerm(option: Option): string {
  const argument = option.argument ? `=\\fI${escaped(option.argument)}\\fR` : ''
  const long = `\\fB\\-\\-${escaped(option.name)}\\fR${option.bare ? `[${argument}]` : argument}`
  const head = option.short ? `\\fB\\-${option.short}\\fR, ${long}` : long
  const choices = option.choices ? ` One of ${option.choices.join(', ')}.` : ''
  const preset = option.default === undefined || option.default === '' ? '' : ` Default ${option.default}.`
  const bare = option.bare ? ` Alone it means ${option.bare}.` : ''
  const many = option.many ? ' May be given more than once.' : ''
  const sentence = `${option.summary[0]?.toUpperCase()}${option.summary.slice(1)}.`
  const detail = option.detail ? ` ${option.detail}` : ''
  const variable = ['help', 'version'].includes(option.name) ? '' : ` [${environmentName(option)}]`
  return term(head, `${sentence}${choices}${preset}${bare}${many}${detail}${variable}`)
}

export const SIGNALS: readonly (readonly [string, string])[] = [
  [
    'INT, TERM',
    'Stop the sources, drain, close, print the summary. A second one ends at once. A filter whose stdin is a pipe lets the end of its input end it on INT.',
  ],
  ['HUP', 'Reopen outputs (log files rotate). Where there is nothing to reopen: as TERM.'],
  ['USR1', 'Print statistics as ndjson on stderr.'],
]

export const ENVIRONMENT: readonly (readonly [string, string])[] = [
  [
    'DAQ_*',
    'Each option can be set by a variable: its name in capitals, - as _. DAQ_POLICY=latest is --policy=latest.',
  ],
  ['DAQ_CONFIG', 'The file that --config names.'],
  ['NO_COLOR', 'No colour on terminals, if not empty.'],
]
