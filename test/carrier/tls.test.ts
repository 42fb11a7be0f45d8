// Certificates and keys from files: those that others may read, that are missing, that are none.

import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { tlsClient, tlsSecrets } from '../../src/carrier/tls.ts'
import { parseEndpoint } from '../../src/url.ts'

const folder = t.testdir({ 'cert.pem': 'certificate', 'key.pem': 'key' })
const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
const endpoint = parseEndpoint(`tls://127.0.0.1:1?cert=${cert}&key=${key}`)

t.test('a key that others may read is told, a certificate is for everybody', async t => {
  for (const [mode, count] of [
    [0o600, 0],
    [0o640, 1],
  ] as const) {
    chmodSync(key, mode)
    for (const use of [tlsSecrets, tlsClient]) {
      const told: string[] = []
      use(endpoint, text => void told.push(text))
      t.equal(told.length, count)
      if (count > 0) t.match(told, [`${key}: others than its owner may read it`])
    }
  }
})

t.test('what is missing or none is said', async t => {
  const warn = () => {}
  t.throws(() => tlsSecrets(parseEndpoint('tls://127.0.0.1:1'), warn), /expected \?cert=FILE&key=FILE/)
  t.throws(
    () => tlsSecrets(parseEndpoint(`tls://127.0.0.1:1?cert=${folder}/none&key=${key}`), warn),
    /none: no such file/,
  )
  writeFileSync(cert, 'no certificate')
  t.throws(() => tlsClient(endpoint, warn)({ port: 1 }), /a certificate or key is not what it should be/)
})
