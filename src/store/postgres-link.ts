// The connection to a PostgreSQL server: where it leads, and that it comes back.

import { setTimeout as pause } from 'node:timers/promises'
import type { Client, ClientConfig } from 'pg'
import { readSecret } from '../carrier/secret-file.ts'
import { CarrierError, errorCode, systemReason, UsageError } from '../errors.ts'
import { type Endpoint, flagParam, withoutSecrets } from '../url.ts'

export interface LinkOptions {
  readonly where: string
  readonly config: ClientConfig
  readonly warn: (message: string) => void
  /** Statements of every new connection. */
  readonly prologue: string
  readonly stop?: AbortSignal
}

const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 5000
/** How long a server may be away before the store fails. */
const PATIENCE_MS = 60_000

/** Passwords come from `?password-file`, or from `PGPASSFILE` or `~/.pgpass` where the library looks itself. */
export function linkConfig(endpoint: Endpoint, warn: (message: string) => void): ClientConfig {
  const where = withoutSecrets(endpoint.text)
  const url = parseUrl(`postgres:${endpoint.rest}`, where)
  if (url.password !== '') {
    throw new UsageError(
      `${where}: a password does not belong on the command line, where everybody can read it: ` +
        `put it into ~/.pgpass, or into a file named by ?password-file=PATH`,
    )
  }
  const host = endpoint.params.get('host') ?? decodeURIComponent(url.hostname)
  const database = decodeURIComponent(url.pathname.slice(1))
  const file = endpoint.params.get('password-file')
  return {
    ...(host !== '' && { host: host.replace(/^\[|\]$/g, '') }),
    ...(url.port !== '' && { port: Number(url.port) }),
    ...(url.username !== '' && { user: decodeURIComponent(url.username) }),
    ...(database !== '' && { database }),
    ...(file !== undefined && { password: readSecret(file, warn).replace(/\r?\n$/, '') }),
    ...(flagParam(endpoint, 'tls') && { ssl: { rejectUnauthorized: true } }),
    application_name: 'daqutils',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  }
}

function parseUrl(text: string, where: string): URL {
  try {
    if (!text.startsWith('postgres://')) throw new TypeError('no //')
    return new URL(text)
  } catch (error) {
    throw new UsageError(`${where}: expected postgres://USER@HOST:PORT/DATABASE`, { cause: error })
  }
}

/** SQLSTATEs of a server that goes away or is starting, and of a transaction that may be tried again. */
const PASSING = /^(?:08...|57P0[1-3]|40001|40P01|53300)$/

/** Whether the same statement may succeed on a new connection. */
function isPassing(error: unknown): boolean {
  const code = errorCode(error)
  if (code === undefined) return error instanceof Error && /connection|timeout/i.test(error.message)
  return PASSING.test(code) || /^E[A-Z]+$/.test(code)
}

export class Link {
  readonly #options: LinkOptions
  #client: Client | undefined

  constructor(options: LinkOptions) {
    this.#options = options
  }

  /** Connects, and fails at once where that is not possible. */
  async connect(): Promise<Client> {
    const { where, config, prologue } = this.#options
    const { default: pg } = await import('pg')
    const client = new pg.Client(config)
    // A connection that breaks while nothing is asked of it: the next statement finds out.
    client.on('error', () => {
      if (this.#client === client) this.#client = undefined
    })
    try {
      await client.connect()
      await client.query(prologue)
    } catch (error) {
      await client.end().catch(() => {})
      const failure = new CarrierError(where, `cannot connect: ${reasonOf(error)}`, { cause: error })
      throw Object.assign(failure, { passing: isPassing(error) })
    }
    this.#client = client
    return client
  }

  /** Asks until there is an answer: after a lost connection again on a new one, with growing pauses. */
  async ask<T>(question: (client: Client) => Promise<T>): Promise<T> {
    const { where, warn, stop } = this.#options
    const started = performance.now()
    for (let attempt = 0; ; attempt++) {
      try {
        return await question(this.#client ?? (await this.connect()))
      } catch (error) {
        await this.#drop()
        const passing = error instanceof CarrierError ? 'passing' in error && error.passing === true : isPassing(error)
        if (!passing || stop?.aborted || performance.now() - started > PATIENCE_MS) throw this.#wrapped(error)
        if (attempt === 0) warn(`${where}: ${reasonOf(error)}: connecting again`)
        const wait = Math.min(FIRST_WAIT_MS * 2 ** attempt, LONGEST_WAIT_MS) * (0.5 + Math.random() / 2)
        await pause(wait, undefined, stop ? { signal: stop } : {}).catch(() => {})
      }
    }
  }

  async end(): Promise<void> {
    await this.#drop()
  }

  async #drop(): Promise<void> {
    const client = this.#client
    this.#client = undefined
    await client?.end().catch(() => {})
  }

  #wrapped(error: unknown): CarrierError {
    if (error instanceof CarrierError) return error
    return new CarrierError(this.#options.where, reasonOf(error), { cause: error })
  }
}

function reasonOf(error: unknown): string {
  // Several addresses of a host were tried.
  if (error instanceof AggregateError && error.errors.length > 0) return systemReason(error.errors[0])
  return systemReason(error)
}
