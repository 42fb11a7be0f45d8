// Key files on disk: who may read them, and that none is ever lost.

import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readAllowedKeys, readKeyPair, readPublicKey, writeKeyFiles } from '../../src/carrier/curve-files.ts'
import { generateKeys, keyFileText } from '../../src/zmtp/curve-keys.ts'
import { encodeZ85 } from '../../src/zmtp/z85.ts'

const keys = generateKeys()
const bare = `${encodeZ85(keys.publicKey)}\n`

function pairIn(folder: string) {
  return [
    { path: join(folder, 'lab.key'), text: keyFileText(keys, 'secret'), secret: true },
    { path: join(folder, 'lab.pub'), text: bare, secret: false },
  ] as const
}

t.test('what is written is read, and only its owner may read the secret', async t => {
  const folder = t.testdir({})
  const [secret, open] = pairIn(folder)
  writeKeyFiles([secret, open], { replace: false })
  t.same(readKeyPair(secret.path), keys)
  t.same(readPublicKey(open.path), keys.publicKey)
  t.same([...readAllowedKeys(open.path)], [bare.trim()])
  t.equal(statSync(secret.path).mode & 0o777, 0o600)
  t.equal(statSync(open.path).mode & 0o777, 0o644 & ~process.umask())
})

t.test('a file that is there stays, and the other one is not made', async t => {
  const folder = t.testdir({ 'lab.pub': 'old' })
  const [secret, open] = pairIn(folder)
  t.throws(() => writeKeyFiles([secret, open], { replace: false }), {
    name: 'CarrierError',
    message: `${open.path}: is there already, and a key that is overwritten is lost`,
  })
  t.equal(readFileSync(open.path, 'utf8'), 'old')
  t.same(readdirSync(folder), ['lab.pub'])
})

t.test('a file is replaced where that is said, and becomes as secret as a new one', async t => {
  const folder = t.testdir({ 'lab.key': 'old', 'lab.pub': 'old' })
  const [secret, open] = pairIn(folder)
  writeKeyFiles([secret, open], { replace: true })
  t.same(readKeyPair(secret.path), keys)
  t.equal(statSync(secret.path).mode & 0o777, 0o600)
  t.same(readdirSync(folder).sort(), ['lab.key', 'lab.pub'])
})

t.test('what cannot be written or read is named', async t => {
  const folder = t.testdir({ 'lab.pub': {} })
  const [secret, open] = pairIn(folder)
  t.throws(() => writeKeyFiles([secret, open], { replace: true }), { name: 'CarrierError', message: /lab\.pub: / })
  t.notOk(
    readdirSync(folder).some(name => name.includes('partial')),
    'nothing half done is left',
  )
  t.throws(() => writeKeyFiles(pairIn(join(folder, 'nowhere')), { replace: false }), {
    message: `${join(folder, 'nowhere/lab.key')}: no such file or directory`,
  })
  t.throws(() => readKeyPair(join(folder, 'none')), { message: `${join(folder, 'none')}: no such file or directory` })
  writeFileSync(join(folder, 'bad'), 'nothing')
  t.throws(() => readPublicKey(join(folder, 'bad')), { name: 'DataError', message: /^.*bad: no public key in it/ })
  t.notOk(existsSync(join(folder, 'nowhere')))
})
