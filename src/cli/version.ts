// The version: put in by the build, read from package.json when run from the sources.

import { readFileSync } from 'node:fs'

declare const DAQUTILS_VERSION: string

/** `--version` and nothing else: an answer that needs nothing of the command. */
export function isVersionAsked(words: readonly string[]): boolean {
  return words.length === 1 && (words[0] === '--version' || words[0] === '-V')
}

export function version(): string {
  if (typeof DAQUTILS_VERSION === 'string') return DAQUTILS_VERSION
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return /"version": "([^"]+)"/.exec(text)?.[1] ?? 'unknown'
}
