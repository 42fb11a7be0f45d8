// What secures an endpoint: parameters that go together, files that are read, what is said of bad ones.

import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { checkSecurity, isSecured, mechanismOf } from '../../../src/carrier/zmq/security.ts'
import { UsageError } from '../../../src/errors.ts'
import { type Endpoint, parseEndpoint } from '../../../src/url.ts'
import { certificateText, generateKeys, keyFileText } from '../../../src/zmtp/curve-keys.ts'
import { encodeZ85 } from '../../../src/zmtp/z85.ts'
import { folderOf } from '../../support/zmq.ts'

const at = (params: string) => parseEndpoint(`zmq+pub://127.0.0.1:1?${params}`)
const mechanism = (endpoint: Endpoint) => mechanismOf(endpoint, () => {})

t.test('without parameters there is none', async t => {
  t.match(await mechanism(at('')), { name: 'NULL' })
  t.notOk(isSecured(at('plain=f')), 'PLAIN hides nothing')
})

t.test('PLAIN: who listens knows many, who connects has one', async t => {
  const folder = folderOf(t)
  const [one, two, none, bad] = ['one', 'two', 'none', 'bad'].map(name => join(folder, name))
  writeFileSync(one ?? '', 'user:pass:word\n')
  writeFileSync(two ?? '', 'a:1\r\nb:2\n')
  writeFileSync(none ?? '', '\n')
  writeFileSync(bad ?? '', 'a:1\nno colon\n')
  t.match(await mechanism(at(`plain=${one}`)), { name: 'PLAIN', asServer: false })
  t.match(await mechanism(at(`listen&plain=${two}`)), { name: 'PLAIN', asServer: true })
  await t.rejects(mechanism(at(`plain=${two}`)), { message: /expected one line user:password/ })
  await t.rejects(mechanism(at(`listen&plain=${none}`)), { message: /expected lines of user:password/ })
  await t.rejects(mechanism(at(`listen&plain=${bad}`)), { message: /bad:2: expected user:password/ })
  await t.rejects(mechanism(at(`plain=${folder}/missing`)), { message: /missing: no such file/ })
})

t.test('CURVE: the keys say which side it is', async t => {
  const folder = folderOf(t)
  const keys = generateKeys()
  const [own, other, allowed] = ['own', 'other', 'allowed'].map(name => join(folder, name))
  writeFileSync(own ?? '', keyFileText(keys, 'test'))
  writeFileSync(other ?? '', certificateText(generateKeys().publicKey, 'test'))
  writeFileSync(allowed ?? '', `${encodeZ85(keys.publicKey)}\n`)
  t.match(await mechanism(at(`listen&curve-key=${own}&curve-allow=any`)), { name: 'CURVE', asServer: true })
  t.match(await mechanism(at(`listen&curve-key=${own}&curve-allow=${allowed}`)), { name: 'CURVE', asServer: true })
  t.match(await mechanism(at(`curve-key=${own}&curve-server-key=${other}`)), { name: 'CURVE', asServer: false })
  t.match(await mechanism(at(`curve-server-key=${other}`)), { asServer: false }, 'with a key for this time')
  t.match(await mechanism(at(`listen&curve-key=${own}&curve-server-key=${other}`)), { asServer: false })
  t.ok(isSecured(at('curve-key=f')))
})

t.test('a secret that others may read is told, a public key is not', async t => {
  const folder = folderOf(t)
  const keys = generateKeys()
  const [secret, open] = [join(folder, 'secret'), join(folder, 'public')]
  for (const [params, text] of [
    [`plain=${secret}`, 'user:password\n'],
    [`curve-key=${secret}&curve-server-key=${open}`, keyFileText(keys, 'test')],
  ] as const) {
    const said: string[] = []
    const read = () => mechanismOf(at(params), message => said.push(message))
    writeFileSync(secret, text)
    writeFileSync(open, certificateText(keys.publicKey, 'test'), { mode: 0o644 })
    chmodSync(secret, 0o600)
    await read()
    t.same(said, [])
    chmodSync(secret, 0o644)
    await read()
    t.same(said, [`${secret}: others than its owner may read it: chmod 600 ${secret}`])
  }
})

t.test('what does not go together is refused before anything is read', async t => {
  for (const params of [
    'curve-key=f',
    'curve-key=f&curve-allow=any&curve-server-key=f',
    'curve-allow=any',
    'plain=f&curve-server-key=f',
  ]) {
    t.throws(() => checkSecurity(at(params)), UsageError, params)
  }
  t.doesNotThrow(() => checkSecurity(at('curve-key=f&curve-allow=any')))
})
