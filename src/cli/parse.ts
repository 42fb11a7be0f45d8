// The command line, the environment and the config file, read by the option table.

import Parser from 'yargs-parser'
import { UsageError } from '../errors.ts'
import { parseCount, parseDuration, parseFraction, parseNumber, parseSize } from '../units.ts'
import type { ConfigKey } from './command.ts'
import type { Option, Values } from './option.ts'

export interface Parsed<Options extends readonly Option[]> {
  readonly values: Values<Options>
  readonly positionals: readonly string[]
}

export interface ParseSurroundings {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Reads the file of `--config`. */
  readonly readFile: (path: string) => string
  /** Names that the config file may have beside those of the options, which come before them. */
  readonly configKeys?: readonly ConfigKey[]
}

type Value = string | number | boolean | readonly (string | number | boolean)[] | undefined

/** Flags come before `DAQ_…` variables, these before the config file, this before the defaults of the table. */
export function parseCommandLine<const Options extends readonly Option[]>(
  command: string,
  options: Options,
  words: readonly string[],
  surroundings: ParseSurroundings,
): Parsed<Options> {
  const { flags, positionals } = parseFlags(options, words)
  const environment = (option: Option): readonly string[] | undefined => {
    const text = surroundings.environment[environmentName(option)]
    return text === undefined || text === '' ? undefined : [text]
  }
  const configOption = options.find(option => option.name === 'config')
  const path = configOption && (flags.get('config') ?? environment(configOption))?.[0]
  const config = path === undefined ? new Map() : readConfig(command, options, path, surroundings)

  const values: Record<string, Value> = {}
  for (const option of options) {
    const words = flags.get(option.name) ?? environment(option) ?? config.get(option.name)
    values[option.name] = optionValue(option, words)
  }
  if (!isComplete(values, options)) throw new Error('the option table and its values disagree')
  return { values, positionals }
}

export function environmentName(option: Option): string {
  return `DAQ_${option.name.toUpperCase().replaceAll('-', '_')}`
}

function parseFlags(options: readonly Option[], words: readonly string[]) {
  const named = new Map(options.map(option => [option.name, option]))
  const parsed = Parser.detailed(
    words.map(word => withBareValue(word, named)),
    {
      boolean: options.filter(option => option.kind === 'flag').map(option => option.name),
      string: options.filter(option => option.kind !== 'flag').map(option => option.name),
      alias: Object.fromEntries(options.flatMap(option => (option.short ? [[option.name, [option.short]]] : []))),
      narg: Object.fromEntries(options.filter(option => option.kind !== 'flag').map(option => [option.name, 1])),
      configuration: {
        'boolean-negation': false,
        'camel-case-expansion': false,
        'dot-notation': false,
        'duplicate-arguments-array': true,
        'flatten-duplicate-arrays': true,
        'greedy-arrays': false,
        'parse-numbers': false,
        'parse-positional-numbers': false,
        'short-option-groups': true,
        'strip-aliased': true,
      },
    },
  )
  if (parsed.error)
    throw new UsageError(parsed.error.message.replace(/^Not enough arguments following: /, 'no value for --'))
  const flags = new Map<string, readonly string[]>()
  for (const [name, value] of Object.entries(parsed.argv)) {
    if (name === '_') continue
    if (!named.has(name)) throw new UsageError(unknownOption(name, options))
    if (value === undefined) continue
    flags.set(name, (Array.isArray(value) ? value : [value]).map(String))
  }
  return { flags, positionals: parsed.argv._.map(String) }
}

/** `--stats` alone is `--stats=5s`; a value has to be joined by `=` there. */
function withBareValue(word: string, named: ReadonlyMap<string, Option>): string {
  const bare = word.startsWith('--') ? named.get(word.slice(2))?.bare : undefined
  return bare === undefined ? word : `${word}=${bare}`
}

function unknownOption(name: string, options: readonly Option[]): string {
  const dashed = name.length === 1 ? `-${name}` : `--${name}`
  const near = options.find(option => distance(option.name, name) <= Math.ceil(name.length / 3))
  return `unknown option ${dashed}${near ? `: did you mean --${near.name}?` : ''}`
}

/** Levenshtein's distance between two short words. */
export function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const substituted = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next[j] = Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1)
    }
    row = next
  }
  return row[b.length] ?? 0
}

function optionValue(option: Option, words: readonly string[] | undefined): Value {
  const given = words ?? (option.default === undefined ? undefined : [option.default])
  if (given === undefined) return option.kind === 'flag' ? false : option.many ? [] : undefined
  if (option.many) return given.map(word => readWord(option, word))
  const last = given.at(-1)
  return last === undefined ? undefined : readWord(option, last)
}

const READERS = {
  text: (text: string) => text,
  number: parseNumber,
  count: parseCount,
  duration: parseDuration,
  size: parseSize,
  fraction: parseFraction,
} as const

function readWord(option: Option, word: string): string | number | boolean {
  if (option.kind === 'flag') {
    if (['true', '1', 'yes', 'on'].includes(word)) return true
    if (['false', '0', 'no', 'off'].includes(word)) return false
    throw new UsageError(`--${option.name}: '${word}': expected yes or no`)
  }
  if (option.kind === 'choice') {
    if (option.choices?.includes(word)) return word
    throw new UsageError(`--${option.name}: '${word}': expected ${option.choices?.join(', ')}`)
  }
  if (word === '') throw new UsageError(`no value for --${option.name}`)
  try {
    return READERS[option.kind](word)
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`--${option.name}: ${error.message}`, { cause: error })
    throw error
  }
}

function readConfig(
  command: string,
  options: readonly Option[],
  path: string,
  { readFile, configKeys = [] }: ParseSurroundings,
): ReadonlyMap<string, readonly string[]> {
  const root = parseObject(path, readFile(path))
  const found = new Map<string, readonly string[]>()
  const meant = new Map<string, readonly string[]>()
  const own = root[command]
  const layers = [root, own !== null && typeof own === 'object' ? own : {}]
  for (const layer of layers) {
    for (const [name, value] of Object.entries(layer)) {
      const keys = configKeys.filter(key => key.name === name)
      const option = options.find(option => option.name === name)
      const isSection = value !== null && typeof value === 'object' && !Array.isArray(value)
      if (option) found.set(name, wordsOf(value))
      else if (keys.length > 0) for (const [option, words] of meanings(keys, value)) meant.set(option, words)
      else if (layer !== root || !isSection) throw new UsageError(`${path}: ${unknownOption(name, options)}`)
    }
  }
  return new Map([...meant, ...found])
}

function* meanings(keys: readonly ConfigKey[], value: unknown): Generator<readonly [string, readonly string[]]> {
  for (const { option, word } of keys) {
    const words = word ? [word(value)].filter(text => text !== undefined) : wordsOf(value)
    if (option !== undefined && words.length > 0) yield [option, words]
  }
}

function wordsOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).map(String)
}

function parseObject(path: string, text: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new UsageError(`${path}: not JSON: ${error instanceof Error ? error.message : error}`, { cause: error })
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new UsageError(`${path}: expected one JSON object with options`)
  }
  return { ...value }
}

/** Whether each option has a value of the type that the table promises: what makes `Values` true. */
function isComplete<Options extends readonly Option[]>(values: object, options: Options): values is Values<Options> {
  return options.every(option => {
    const value: unknown = Reflect.get(values, option.name)
    const kind =
      option.kind === 'flag' ? 'boolean' : option.kind === 'text' || option.kind === 'choice' ? 'string' : 'number'
    if (option.many) return Array.isArray(value) && value.every(item => typeof item === kind)
    const optional = option.default === undefined && option.kind !== 'flag'
    return typeof value === kind || (optional && value === undefined)
  })
}
