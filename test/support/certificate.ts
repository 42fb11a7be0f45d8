// A certificate for 127.0.0.1 and localhost that is its own root, where openssl can make one.

import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** Why a test that needs one cannot run, or false. */
export const noOpenssl = spawnSync('openssl', ['version']).error ? 'skipped: no openssl' : false

export function certificate(folder: string): { readonly cert: string; readonly key: string } {
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const words = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost -addext'
  execFileSync(
    'openssl',
    [...words.split(' '), 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', key, '-out', cert],
    { stdio: 'ignore' },
  )
  return { cert, key }
}
