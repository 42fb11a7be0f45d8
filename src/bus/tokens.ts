// Who may do what: a file with one token a line, as JSON.

import { createHash } from 'node:crypto'
import { readSecret } from '../carrier/secret-file.ts'
import { DataError } from '../errors.ts'
import { isObject, type Json, type JsonObject } from '../packet.ts'
import { Rights } from './rights.ts'

/** A token that can be guessed is none. */
const SHORTEST = 16
const MEMBERS = ['name', 'token', 'sha256', 'publish', 'subscribe', 'ps']

/** Rights by token. Only hashes are kept and compared, so that no time tells how much of a token was right. */
export class Tokens {
  readonly #rights = new Map<string, Rights>()

  get size(): number {
    return this.#rights.size
  }

  add(hash: string, rights: Rights): void {
    this.#rights.set(hash, rights)
  }

  rightsOf(token: string): Rights | undefined {
    return this.#rights.get(hashOf(token))
  }
}

/**
 * Each line is an object: `token` (or its SHA-256 in hexadecimal as `sha256`), and patterns that it may `publish` and
 * `subscribe` to; `ps`: it may ask for the state of the broker. Blank lines and those that begin with # are left out.
 */
export function readTokens(path: string, warn: (message: string) => void): Tokens {
  const text = readSecret(path, warn)
  const tokens = new Tokens()
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const fail = (reason: string) => new DataError({ source: path, line: index + 1 }, reason)
    const { hash, rights } = readLine(line, fail)
    tokens.add(hash, rights)
  }
  return tokens
}

/** The token in a file: its first line. */
export function readToken(path: string, warn: (message: string) => void): string {
  const [line = ''] = readSecret(path, warn).split('\n')
  if (line.trim() === '') throw new DataError({ source: path, line: 1 }, 'expected a token')
  return line.trim()
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

function readLine(
  line: string,
  fail: (reason: string) => DataError,
): { readonly hash: string; readonly rights: Rights } {
  const object = parsed(line)
  if (!object) throw fail('expected one JSON object a line: {"token":…,"publish":[…],"subscribe":[…]}')
  const unknown = Object.keys(object).find(name => !MEMBERS.includes(name))
  if (unknown !== undefined) throw fail(`unknown member '${unknown}': expected ${MEMBERS.join(', ')}`)
  const { token, sha256, ps = false } = object
  if (typeof ps !== 'boolean') throw fail('ps: expected true or false')
  const rights = new Rights({
    publish: patterns(object, 'publish', fail),
    subscribe: patterns(object, 'subscribe', fail),
    ps,
  })
  if (typeof sha256 === 'string' && /^[0-9a-f]{64}$/i.test(sha256) && token === undefined) {
    return { hash: sha256.toLowerCase(), rights }
  }
  if (typeof token !== 'string' || token.length < SHORTEST || sha256 !== undefined) {
    throw fail(`expected a token of at least ${SHORTEST} characters, or its sha256`)
  }
  return { hash: hashOf(token), rights }
}

function parsed(line: string): JsonObject | undefined {
  try {
    const value: Json = JSON.parse(line)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function patterns(object: JsonObject, name: string, fail: (reason: string) => DataError): readonly string[] {
  const value = object[name] ?? []
  if (Array.isArray(value) && value.every((item: Json) => typeof item === 'string')) return value
  throw fail(`${name}: expected a list of patterns`)
}
