// What an option is: one row of the table that parser, help, man page, completion and README derive from.

import type { Policy } from '../stream/policy.ts'

/** How the text after an option is read; see `units.ts`. */
export type OptionKind = 'flag' | 'text' | 'number' | 'count' | 'duration' | 'size' | 'fraction' | 'choice'

export interface Option {
  readonly name: string
  readonly short?: string
  readonly kind: OptionKind
  /** What the value is called in help: `N`, `FILE`, `URL`. */
  readonly argument?: string
  readonly choices?: readonly string[]
  /** As a person would type it. */
  readonly default?: string
  /** The value where the option stands alone: `--stats` is `--stats=5s`. */
  readonly bare?: string
  readonly many?: true
  readonly summary: string
  /** More, for the man page only. */
  readonly detail?: string
}

type One<S extends Option> = S['kind'] extends 'flag'
  ? boolean
  : S['kind'] extends 'text'
    ? string
    : S['kind'] extends 'choice'
      ? S extends { readonly choices: readonly (infer C)[] }
        ? C
        : string
      : number

type ValueOf<S extends Option> = S extends { readonly many: true }
  ? readonly One<S>[]
  : S extends { readonly default: string } | { readonly kind: 'flag' }
    ? One<S>
    : One<S> | undefined

/** The parsed options of a table, by name. */
export type Values<Options extends readonly Option[]> = { readonly [S in Options[number] as S['name']]: ValueOf<S> }

export type { Policy }
