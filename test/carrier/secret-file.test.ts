import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readSecret, warnOfReaders } from '../../src/carrier/secret-file.ts'

t.test('a secret that others may read is read, and that is said', async t => {
  const path = join(t.testdir({ secret: 'open sesame\n' }), 'secret')
  const said: string[] = []
  const warn = (message: string) => said.push(message)
  chmodSync(path, 0o600)
  t.equal(readSecret(path, warn), 'open sesame\n')
  t.same(said, [])
  for (const mode of [0o640, 0o604, 0o777]) {
    chmodSync(path, mode)
    t.equal(readSecret(path, warn), 'open sesame\n')
  }
  t.same(said, Array(3).fill(`${path}: others than its owner may read it: chmod 600 ${path}`))
  t.throws(() => readSecret(`${path}/none`, warn), { name: 'CarrierError' })
  t.doesNotThrow(() => warnOfReaders(`${path}.none`, warn))
  t.equal(said.length, 3)
})
