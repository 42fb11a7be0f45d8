// Where an engine is and who asks: what the URLs of all engines have in common. Secrets come from files.

import { readFileSync } from 'node:fs'
import { inWords } from '../../carrier/failure.ts'
import { readSecret } from '../../carrier/secret-file.ts'
import { WAIT_PARAM, waitOf } from '../../carrier/socket.ts'
import { UsageError } from '../../errors.ts'
import { type Endpoint, flagParam, withoutSecrets } from '../../url.ts'

export const LOCATION_PARAMS = [
  WAIT_PARAM,
  { name: 'password-file', argument: 'PATH', summary: 'a file that holds the password of the user in the URL' },
  { name: 'tls', summary: 'encrypt the connection, and check the certificate of the other side' },
  {
    name: 'ca-file',
    argument: 'PATH',
    summary: 'with tls: whose certificates are believed; default: those of the system',
  },
]

export interface Location {
  /** The URL as it may be printed, without parameters. */
  readonly name: string
  readonly host: string
  readonly port: number
  readonly user?: string
  readonly password?: string
  /** What follows the port, without its slash. */
  readonly path?: string
  /** Of TLS: the certificates that are believed, or nothing for those of the system. */
  readonly tls?: { readonly ca?: string }
  /** Milliseconds of trying to connect before it is given up. */
  readonly wait: number
}

/** `//USER@HOST:PORT/PATH`: the default host is this machine. */
export function locationOf(endpoint: Endpoint, defaultPort: number, warn: (message: string) => void): Location {
  const { scheme, rest, params } = endpoint
  const name = withoutSecrets(`${scheme}:${rest}`)
  const url = parseUrl(endpoint, name)
  if (url.password !== '') {
    throw new UsageError(
      `${name}: a password does not belong on the command line, where everybody can read it: ` +
        'put it into a file named by ?password-file=PATH',
    )
  }
  const passwordFile = params.get('password-file')
  if (passwordFile !== undefined && url.username === '') throw new UsageError(`${name}: password-file: of which user?`)
  const tls = flagParam(endpoint, 'tls')
  const caFile = params.get('ca-file')
  if (caFile !== undefined && !tls) throw new UsageError(`${name}: ca-file: only with tls`)
  const path = decoded(url.pathname.slice(1), name)
  return {
    name,
    host: url.hostname.replace(/^\[|\]$/g, '') || '127.0.0.1',
    port: url.port === '' ? defaultPort : Number(url.port),
    ...(url.username !== '' && { user: decoded(url.username, name) }),
    ...(passwordFile !== undefined && { password: readSecret(passwordFile, warn).replace(/\r?\n$/, '') }),
    ...(path !== '' && { path }),
    ...(tls && { tls: caFile === undefined ? {} : { ca: inWords(caFile, () => readFileSync(caFile, 'utf8')) } }),
    wait: waitOf(endpoint),
  }
}

function parseUrl({ scheme, rest }: Endpoint, name: string): URL {
  try {
    // A scheme that URL does not know has no rules of its own for hosts and ports.
    if (rest.startsWith('//')) return new URL(rest.startsWith('//:') ? `x://127.0.0.1${rest.slice(2)}` : `x:${rest}`)
  } catch {
    // As below.
  }
  throw new UsageError(`${name}: expected ${scheme}://USER@HOST:PORT`)
}

function decoded(text: string, name: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new UsageError(`${name}: '${text}': expected % and two hexadecimal digits for a special character`)
  }
}
