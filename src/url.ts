// Endpoint URLs: `-`, a path, `scheme:rest` or `scheme://host:port/path`, with parameters after `?`.

import { UsageError } from './errors.ts'

/** An endpoint as written, taken apart. `rest` is what follows `scheme:`, without the parameters. */
export interface Endpoint {
  readonly text: string
  readonly scheme: string
  readonly rest: string
  readonly params: ReadonlyMap<string, string>
}

/**
 * `-` has the scheme `-`, a bare path the scheme `file`. A parameter without a value has the value `''`.
 * A literal `?` in a path is written `%3F`.
 */
export function parseEndpoint(text: string): Endpoint {
  if (text === '') throw new UsageError("an empty endpoint: expected '-', a path or a URL")
  const query = text.indexOf('?')
  const address = query < 0 ? text : text.slice(0, query)
  const params = new Map<string, string>()
  if (query >= 0) for (const [key, value] of new URLSearchParams(text.slice(query + 1))) params.set(key, value)
  if (address === '-') return { text, scheme: '-', rest: '', params }
  const scheme = /^([a-z][a-z0-9+_]*):/.exec(address)
  if (!scheme?.[1]) return { text, scheme: 'file', rest: decodePath(address), params }
  return { text, scheme: scheme[1], rest: decodePath(address.slice(scheme[0].length)), params }
}

function decodePath(path: string): string {
  return path.replace(/%3F/gi, '?').replace(/%25/g, '%')
}

/** A flag parameter: absent → false; `?x`, `?x=1`, `?x=true`, `?x=yes` → true. */
export function flagParam(endpoint: Endpoint, name: string): boolean {
  const value = endpoint.params.get(name)
  if (value === undefined || ['0', 'false', 'no'].includes(value)) return false
  if (['', '1', 'true', 'yes'].includes(value)) return true
  throw new UsageError(`${endpoint.text}: '${name}=${value}': expected ${name}, ${name}=1 or ${name}=0`)
}

/** A parameter read by one of the parsers of `units.ts`; its errors name the endpoint. */
export function param<T>(endpoint: Endpoint, name: string, parse: (text: string) => T): T | undefined {
  const value = endpoint.params.get(name)
  if (value === undefined) return undefined
  try {
    return parse(value)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UsageError(`${endpoint.text}: ${name}: ${reason}`, { cause: error })
  }
}

export interface HostPort {
  readonly host: string
  readonly port: number
}

/** `//HOST:PORT`, `//[::1]:PORT`, `//:PORT` (host 127.0.0.1) → host and port. */
export function hostPort(endpoint: Endpoint): HostPort {
  const parts = /^\/\/(?:\[([^\]]*)\]|([^:/]*)):(\d{1,5})\/?$/.exec(endpoint.rest)
  const port = Number(parts?.[3])
  if (!parts || !(port <= 65535)) {
    throw new UsageError(`${endpoint.text}: expected ${endpoint.scheme}://HOST:PORT`)
  }
  return { host: (parts[1] ?? parts[2]) || '127.0.0.1', port }
}

/** The endpoint as it may be printed: no password between `:` and `@`. */
export function withoutSecrets(text: string): string {
  return text.replace(/(:\/\/[^/:@]*):[^@/]*@/, '$1:…@').replace(/([?&](?:password|token|secret)=)[^&]*/gi, '$1…')
}

/** Refuses parameters nobody would read, naming the ones that are known. */
export function checkParams(endpoint: Endpoint, known: readonly string[]): void {
  for (const name of endpoint.params.keys()) {
    if (known.includes(name)) continue
    const list = known.length > 0 ? `known: ${known.join(', ')}` : `${endpoint.scheme}: takes none`
    throw new UsageError(`${withoutSecrets(endpoint.text)}: unknown parameter '${name}' (${list})`)
  }
}
