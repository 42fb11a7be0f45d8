// The page's own files, made by the build, held in memory and served with what a browser should know of them.

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CarrierError, systemReason } from '../errors.ts'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** Nothing but the page's own files and its own socket, and no page of somebody else around it. */
export const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const

/** Names with a digest of the content in them never change what they mean. */
const DIGEST = /-[A-Z0-9]{8}\.\w+$/
const FOR_EVER = 'public, max-age=31536000, immutable'
const ASK_AGAIN = 'no-cache'

interface File {
  readonly bytes: Buffer
  readonly headers: Readonly<Record<string, string>>
}

export class Files {
  readonly #files: ReadonlyMap<string, File>
  /** A digest of all of them. */
  readonly build: string

  constructor(folder = pageFolder()) {
    this.#files = new Map(readAll(folder).map(([name, bytes]) => [pathOf(name), fileOf(name, bytes)]))
    this.build = digestOf(Buffer.concat([...this.#files.values()].map(({ bytes }) => bytes)))
  }

  /** Answers a GET or HEAD of one of the files; false where there is none of this name. */
  serve(path: string, request: IncomingMessage, response: ServerResponse): boolean {
    const file = this.#files.get(path)
    if (!file) return false
    const { headers, bytes } = file
    if (request.headers['if-none-match'] === headers['etag']) {
      response.writeHead(304, headers).end()
      return true
    }
    response.writeHead(200, { ...headers, 'content-length': bytes.length })
    response.end(request.method === 'HEAD' ? undefined : bytes)
    return true
  }
}

function readAll(folder: string): readonly (readonly [name: string, bytes: Buffer])[] {
  try {
    return readdirSync(folder)
      .filter(name => extname(name) in TYPES)
      .map(name => [name, readFileSync(`${folder}/${name}`)])
  } catch (error) {
    throw new CarrierError(folder, systemReason(error), { cause: error })
  }
}

function pathOf(name: string): string {
  return name === 'index.html' ? '/' : `/${name}`
}

function fileOf(name: string, bytes: Buffer): File {
  return {
    bytes,
    headers: {
      ...SECURITY_HEADERS,
      'content-type': TYPES[extname(name)] ?? 'application/octet-stream',
      'cache-control': DIGEST.test(name) ? FOR_EVER : ASK_AGAIN,
      etag: `"${digestOf(bytes)}"`,
    },
  }
}

function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16)
}

/** Beside the bundle once this is one, where the build puts it while this is source. */
function pageFolder(): string {
  const name = import.meta.url.endsWith('.ts') ? '../../dist/page' : './page'
  return fileURLToPath(new URL(name, import.meta.url))
}
