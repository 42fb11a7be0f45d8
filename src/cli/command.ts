// What a command is: a row of the command table, and what it may use while it runs.

import type { CarrierContext } from '../carrier/carrier.ts'
import type { Ledger } from '../stream/ledger.ts'
import type { Rejecter } from '../stream/reject.ts'
import type { Option, Values } from './option.ts'

export interface Positional {
  readonly name: string
  readonly summary: string
  readonly many?: true
  readonly required?: true
  /** An endpoint to read from, as `--in` names one. */
  readonly input?: true
  /** A store that is written to or read from. */
  readonly store?: 'write' | 'read'
}

/** A command line that the tests run, with what it is for. `needs` names the variable that finds a real service. */
export interface Example {
  readonly summary: string
  readonly line: string
  readonly needs?: string
  /** The exit code that it ends with, if not 0. */
  readonly code?: number
}

/** A section of the man page beside the usual ones: paragraphs, then terms with what they mean. */
export interface Topic {
  readonly title: string
  readonly text?: readonly string[]
  readonly terms?: readonly (readonly [term: string, meaning: string])[]
}

/** Another name for an option in the file of `--config`, of somebody else's making: `class_name` for `--class`. */
export interface ConfigKey {
  readonly name: string
  /** Without one the key is known, and of no use here. */
  readonly option?: string
  /** The value as it would stand on the command line; nothing where it says nothing. Default: as it is. */
  readonly word?: (value: unknown) => string | undefined
}

/** The surroundings of a running command. The carrier context inside is ready to be handed to `openSource`. */
export interface Context<V = unknown> {
  readonly command: string
  readonly values: V
  readonly positionals: readonly string[]
  readonly ledger: Ledger
  /** Ends the sources as a first signal would; the signal itself is `carrier.stop`. */
  readonly stop: AbortController
  readonly carrier: CarrierContext
  /** Counts, names and keeps what cannot be read; throws on the first with `--strict`. */
  readonly reject: Rejecter
  readonly warn: (message: string) => void
  /** Said only with `-v`. */
  readonly explain: (message: string) => void
  /** Said unless `-q`: the summary at the end. */
  readonly inform: (message: string) => void
  /** Undefined where stdout is not a terminal. */
  readonly terminal: Terminal | undefined
}

/** The size is that of the moment at which it is asked for. */
export interface Terminal {
  readonly columns: number
  /** Undefined where the cursor cannot be moved. */
  readonly rows: number | undefined
  readonly color: boolean
}

export interface Command<Options extends readonly Option[] = readonly Option[]> {
  readonly name: string
  readonly summary: string
  /** Paragraphs for the man page. */
  readonly description: readonly string[]
  readonly positionals: readonly Positional[]
  readonly options: Options
  readonly configKeys?: readonly ConfigKey[]
  readonly topics?: readonly Topic[]
  readonly examples: readonly Example[]
  /** Names of man pages, `verify(1)`. */
  readonly seeAlso?: readonly string[]
  /** A filter reads stdin when no input is named: on a terminal it prints its help instead. */
  readonly filter: boolean
  /** Names of options that say where packets come from, so that stdin is not read. */
  readonly insteadOfStdin?: readonly string[]
  run(context: Context<Values<Options>>): Promise<void>
}

/** Keeps the literal types of the option table, so that `context.values` knows them. */
export function defineCommand<const Options extends readonly Option[]>(command: Command<Options>): Command<Options> {
  return command
}
