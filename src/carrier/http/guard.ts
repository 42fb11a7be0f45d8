// What every HTTP server here refuses before it looks at anything else, and how it says so.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { JsonObject } from '../../packet.ts'

/** Why a request is refused, with the status that says so. */
export class Refused extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** A header or a request that takes longer is given up. */
const REQUEST_MS = 30_000

export const SERVER_SETTINGS = { requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS }

/** A body that is taken only as fast as its packets are may take its time: a slow reader keeps its writer waiting. */
export const PATIENT_SETTINGS = { ...SERVER_SETTINGS, requestTimeout: 0 }

export interface Callers {
  /** Names by which it may be called beside addresses and localhost. */
  readonly hosts: readonly string[]
  /** Origins whose pages may use it. */
  readonly origins: readonly string[]
  /** Headers that those pages may send, and may read. */
  readonly headers: { readonly sent: string; readonly read: string }
}

/** A page of somebody else, in a browser that reaches this address, must not use it: throws a Refused. */
export function checkCaller(
  { headers }: IncomingMessage,
  response: ServerResponse,
  { hosts, origins, headers: { sent, read } }: Callers,
): void {
  const { host = '', origin } = headers
  const name = hostName(host)
  if (!isOwnName(name) && !hosts.includes(name)) throw new Refused(403, `this is not ${name}`)
  if (origin === undefined || originHost(origin) === host) return
  if (!origins.includes(origin)) throw new Refused(403, `pages of ${origin} may not use it`)
  response.setHeader('access-control-allow-origin', origin)
  response.setHeader('access-control-allow-headers', sent)
  response.setHeader('access-control-expose-headers', read)
  response.setHeader('vary', 'origin')
}

/** Of the header `host`: without the port. */
export function hostName(host: string): string {
  return host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
}

/** Names that nobody else can have point here: a page cannot be served under them by somebody else. */
export function isOwnName(name: string): boolean {
  return name === 'localhost' || /^[\d.]+$/.test(name) || name.includes(':')
}

export function originHost(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined
}

/** A status and, if there are words, JSON. */
export function answer(response: ServerResponse, status: number, words?: JsonObject): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(words && `${JSON.stringify(words)}\n`)
}

/** What went wrong with a request, as its answer; one that has begun is cut off. */
export function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent) response.destroy()
  else answer(response, statusOf(error), { error: error instanceof Error ? error.message : String(error) })
}

function statusOf(error: unknown): number {
  if (error instanceof Refused) return error.status
  return error instanceof URIError ? 400 : 500
}
