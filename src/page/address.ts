// Where the page is served: `HOST:PORT` or `http://HOST:PORT?…`, and by which names it may be called.

import type { IncomingMessage } from 'node:http'
import { hostName, isOwnName, originHost } from '../carrier/http/guard.ts'
import { INSECURE_PARAM, isLoopback } from '../carrier/listen.ts'
import { TLS_SERVER_PARAMS } from '../carrier/tls.ts'
import { UsageError } from '../errors.ts'
import { checkParams, type Endpoint, flagParam, hostPort, parseEndpoint } from '../url.ts'

const PAGE_PARAMS = [
  { ...INSECURE_PARAM, summary: 'allow an address that is not loopback: anybody who reaches it can look' },
  { name: 'host', argument: 'NAME,…', summary: 'names by which it may be called, beside addresses and localhost' },
] as const

const SECURE_PAGE_PARAMS = [...PAGE_PARAMS, ...TLS_SERVER_PARAMS]

/** Throws a UsageError for an address that nobody should listen on. */
export function pageEndpoint(text: string): Endpoint {
  const endpoint = parseEndpoint(/^[a-z]+:\/\//.test(text) ? text : `http://${text}`)
  const { scheme, params } = endpoint
  if (scheme !== 'http' && scheme !== 'https')
    throw new UsageError(`${text}: expected HOST:PORT, http://HOST:PORT or https://HOST:PORT?cert=FILE&key=FILE`)
  const known = scheme === 'http' ? PAGE_PARAMS : SECURE_PAGE_PARAMS
  checkParams(
    endpoint,
    known.map(({ name }) => name),
  )
  const { host } = hostPort(endpoint)
  const isClosed =
    isLoopback(host) || flagParam(endpoint, 'insecure') || (scheme === 'https' && params.has('client-ca'))
  if (!isClosed)
    throw new UsageError(
      `${text}: anybody who reaches ${host} could look: serve on 127.0.0.1, or on https:// with client-ca=FILE, or add insecure to allow it`,
    )
  return endpoint
}

/** Why a request is not for this page, if it is not: another name leads here, or a page of somebody else asks. */
export function refusal({ headers }: IncomingMessage, names: readonly string[]): string | undefined {
  const { host = '', origin } = headers
  const name = hostName(host)
  if (!isOwnName(name) && !names.includes(name)) return `this is not ${name}: ?host=${name} would allow the name`
  if (origin !== undefined && originHost(origin) !== host) return `pages of ${origin} may not use it`
  return undefined
}
