// From the words of the command line to the exit code of a command.

import { readFileSync } from 'node:fs'
import { DEFAULT_BUS } from '../bus/bus.ts'
import { CarrierError, errorCode, ReaderGone, systemReason, UsageError } from '../errors.ts'
import { isTerminal } from '../is-terminal.ts'
import { JointDemand } from '../stream/demand.ts'
import { Ledger } from '../stream/ledger.ts'
import { POLICIES } from '../stream/policy.ts'
import { Timer } from '../timer.ts'
import { formatDuration } from '../units.ts'
import type { Command, Context, Positional } from './command.ts'
import { EXIT, exitCodeOf } from './exit.ts'
import { createLog, type Log } from './log.ts'
import type { Option, Values } from './option.ts'
import { type Parsed, parseCommandLine } from './parse.ts'
import { createRejecter } from './rejects.ts'
import { installSignals } from './signals.ts'
import { statistics } from './statistics.ts'
import { isVersionAsked, version } from './version.ts'

const STDIN = 0
const STDOUT = 1

/** After a timeout the sinks get this long to take what is left. */
const GRACE_MS = 2000

/** Runs a command as a process and ends the process with its exit code. */
export async function main<const Options extends readonly Option[]>(command: Command<Options>): Promise<void> {
  process.exit(await runCommand(command, process.argv.slice(2)))
}

export async function runCommand<const Options extends readonly Option[]>(
  command: Command<Options>,
  words: readonly string[],
): Promise<number> {
  if (isVersionAsked(words)) return say(command.name, `${command.name} ${version()}\n`)
  const plain = createLog({ command: command.name, quiet: false, verbose: false, write: writeError })
  let parsed: Parsed<Options>
  try {
    const { configKeys = [] } = command
    const surroundings = { environment: process.env, readFile: readText, configKeys }
    parsed = parseCommandLine(command.name, command.options, words, surroundings)
  } catch (error) {
    if (words.includes('--help') || words.includes('-h')) return showHelp(command)
    return explainUsage(command, plain, error)
  }
  const common = commonValues(parsed.values)
  if (common.help) return showHelp(command)
  if (common.version) return say(command.name, `${command.name} ${version()}\n`)
  const misplaced = wrongPositionals(command.positionals, parsed.positionals)
  if (misplaced) return explainUsage(command, plain, misplaced)
  if (wantsStdin(command, parsed) && isTerminal(STDIN)) {
    writeError(await (await import('./help.ts')).helpText(command))
    return EXIT.usage
  }
  return execute(command, parsed, common)
}

async function execute<const Options extends readonly Option[]>(
  command: Command<Options>,
  { values, positionals }: Parsed<Options>,
  common: CommonValues,
): Promise<number> {
  const log = createLog({ command: command.name, quiet: common.quiet, verbose: common.verbose, write: writeError })
  const ledger = new Ledger()
  const stop = new AbortController()
  const hangups = new Set<() => void>()
  const report = () => log.line(statistics(command.name, ledger))
  installSignals({ stop, hangups, report })
  stop.signal.addEventListener('abort', () => {
    if (stop.signal.reason === 'timeout') setTimeout(giveUp, GRACE_MS).unref()
  })
  function giveUp(): void {
    log.error(`timed out, and for ${formatDuration(GRACE_MS)} what was left could not be brought to its end`)
    log.inform(ledger.summary())
    process.exit(EXIT.timedOut)
  }
  const timer = common.stats === undefined ? undefined : repeatedly(common.stats, report)
  const context: Context<Values<Options>> = {
    command: command.name,
    values,
    positionals,
    ledger,
    stop,
    carrier: {
      stop: stop.signal,
      ledger,
      warn: log.warn,
      onHangup: reopen => {
        hangups.add(reopen)
        return () => hangups.delete(reopen)
      },
      policy: POLICIES.find(name => name === common.policy) ?? 'block',
      buffer: common.buffer,
      demand: new JointDemand(),
      topics: async () => (await import('../bus/topics.ts')).topicsOf(common.bus, log.warn),
    },
    reject: createRejecter({ ledger, log, strict: common.strict, verbose: common.verbose, file: common.reject }),
    warn: log.warn,
    explain: log.explain,
    inform: log.inform,
    get terminal() {
      return terminalOf(common.color)
    },
  }
  let code: number = EXIT.done
  try {
    await command.run(context)
    if (ledger.lost > 0) code = EXIT.lost
  } catch (error) {
    if (error instanceof UsageError) return explainUsage(command, log, error)
    code = exitCodeOf(error)
    if (!(error instanceof ReaderGone)) log.error(reasonOf(error, common.verbose))
  } finally {
    timer?.stop()
  }
  if (common.stats !== undefined) report()
  if (code === EXIT.lost || (code === EXIT.timedOut && ledger.lost > 0)) log.inform(ledger.summary())
  else log.explain(ledger.summary())
  return code
}

/** Again and again, each time later by at least a millisecond. */
function repeatedly(milliseconds: number, act: () => void): Timer {
  const timer = new Timer(Math.max(1, milliseconds), () => {
    act()
    timer.restart()
  })
  return timer
}

interface CommonValues {
  readonly help: boolean
  readonly version: boolean
  readonly quiet: boolean
  readonly verbose: boolean
  readonly strict: boolean
  readonly color: string
  readonly stats: number | undefined
  readonly reject: string | undefined
  readonly policy: string
  readonly buffer: number
  readonly bus: string
}

/** The options that main itself acts on; a command whose table lacks one has its default. */
function commonValues(values: object): CommonValues {
  const given = new Map<string, unknown>(Object.entries(values))
  const flag = (name: string) => given.get(name) === true
  const text = (name: string) => {
    const value = given.get(name)
    return typeof value === 'string' ? value : undefined
  }
  const number = (name: string) => {
    const value = given.get(name)
    return typeof value === 'number' ? value : undefined
  }
  return {
    help: flag('help'),
    version: flag('version'),
    quiet: flag('quiet'),
    verbose: flag('verbose'),
    strict: flag('strict'),
    color: text('color') ?? 'auto',
    stats: number('stats'),
    reject: text('reject'),
    policy: text('policy') ?? 'block',
    buffer: number('buffer') ?? 1024,
    bus: text('bus') ?? DEFAULT_BUS,
  }
}

/** An argument nobody would read, or one that is missing. */
function wrongPositionals(expected: readonly Positional[], given: readonly string[]): UsageError | undefined {
  const missing = expected.find(({ required }, index) => required && given[index] === undefined)
  if (missing) return new UsageError(`no ${missing.name} given`)
  const extra = given[expected.length]
  if (extra === undefined || expected.at(-1)?.many) return undefined
  const names = expected.map(({ name }) => name).join(' ')
  return new UsageError(`unexpected '${extra}': expected ${names ? `${names} and options` : 'options'} only`)
}

function wantsStdin<Options extends readonly Option[]>(command: Command<Options>, parsed: Parsed<Options>): boolean {
  const inputs: unknown = Reflect.get(parsed.values, 'in')
  const named = command.positionals.some(row => row.input) && parsed.positionals.length > 0
  const elsewhere = command.insteadOfStdin?.some(name => Reflect.get(parsed.values, name) !== undefined)
  return command.filter && !elsewhere && !named && Array.isArray(inputs) && inputs.length === 0
}

function terminalOf(color: string): Context['terminal'] {
  if (!isTerminal(STDOUT)) return color === 'always' ? { columns: 80, rows: undefined, color: true } : undefined
  const isDumb = process.env['TERM'] === 'dumb'
  const plain = color === 'never' || (color === 'auto' && (process.env['NO_COLOR'] || isDumb))
  return {
    get columns() {
      return process.stdout.columns ?? 80
    },
    get rows() {
      return isDumb ? undefined : process.stdout.rows
    },
    color: !plain,
  }
}

async function showHelp(command: Command): Promise<number> {
  return say(command.name, await (await import('./help.ts')).helpText(command))
}

function explainUsage(command: { readonly name: string }, log: Log, error: unknown): number {
  log.error(reasonOf(error, false))
  if (error instanceof UsageError) writeError(`Try '${command.name} --help'.\n`)
  return exitCodeOf(error)
}

function reasonOf(error: unknown, verbose: boolean): string {
  if (!(error instanceof Error)) return String(error)
  return verbose && error.stack ? error.stack : error.message
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new CarrierError(path, systemReason(error), { cause: error })
  }
}

export async function say(name: string, text: string): Promise<number> {
  process.stdout.on('error', ignore) // the callback has it
  const error = await new Promise<unknown>(resolve => process.stdout.write(text, resolve))
  if (!error) return EXIT.done
  if (errorCode(error) === 'EPIPE') return EXIT.readerGone
  writeError(`${name}: cannot write to stdout: ${systemReason(error)}\n`)
  return EXIT.failed
}

const ignore = () => {}

/** A stderr that nobody reads any more, or that is full, is no reason to stop the packets. */
function writeError(text: string): void {
  if (!process.stderr.listeners('error').includes(ignore)) process.stderr.on('error', ignore)
  process.stderr.write(text)
}
