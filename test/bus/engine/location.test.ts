// Where an engine is: what its URL says, and that no secret stands in it.

import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { locationOf } from '../../../src/bus/engine/location.ts'
import { CarrierError, UsageError } from '../../../src/errors.ts'
import { parseEndpoint } from '../../../src/url.ts'

const locate = (url: string, warn: (message: string) => void = () => {}) => locationOf(parseEndpoint(url), 5672, warn)

t.test('host, port, user and path', async t => {
  t.match(locate('amqp://me@server:1234/lab%2Fone'), { host: 'server', port: 1234, user: 'me', path: 'lab/one' })
  t.match(locate('amqp://server'), {
    host: 'server',
    port: 5672,
    name: 'amqp://server',
    wait: Number.POSITIVE_INFINITY,
  })
  t.match(locate('amqp://[::1]:1'), { host: '::1', port: 1 })
  t.match(locate('amqp://:7?wait=2s'), { host: '127.0.0.1', port: 7, wait: 2000 })
  for (const url of ['amqp:server', 'amqp://a b', 'amqp://host:99999']) {
    t.throws(() => locate(url), /expected amqp:\/\/USER@HOST:PORT/, url)
  }
  for (const url of ['amqp://server/%zz', 'amqp://%zz@server']) t.throws(() => locate(url), UsageError, url)
})

t.test('a password comes from a file alone', async t => {
  const folder = t.testdir({ secret: 'open sesame\n' })
  const file = join(folder, 'secret')
  t.equal(locate(`amqp://me@server?password-file=${file}`).password, 'open sesame')
  const warnings: string[] = []
  for (const mode of [0o600, 0o644]) {
    chmodSync(file, mode)
    locate(`amqp://me@server?password-file=${file}`, text => warnings.push(text))
  }
  t.match(warnings, [/secret: others than its owner may read it/])
  t.equal(warnings.length, 1)
  t.throws(() => locate('amqp://me:sesame@server'), UsageError)
  t.throws(() => locate('amqp://me:sesame@server'), /^(?!.*sesame).*\?password-file=PATH/)
  t.throws(() => locate(`amqp://server?password-file=${file}`), /of which user/)
  t.throws(() => locate(`amqp://me@server?password-file=${folder}/none`), CarrierError)
})

t.test('TLS, and whom it believes', async t => {
  const file = join(t.testdir(), 'ca.pem')
  writeFileSync(file, 'certificates')
  chmodSync(file, 0o644)
  t.same(locate('amqp://server?tls').tls, {})
  t.same(locate(`amqp://server?tls&ca-file=${file}`).tls, { ca: 'certificates' })
  t.equal(locate('amqp://server').tls, undefined)
  t.throws(() => locate(`amqp://server?ca-file=${file}`), /only with tls/)
})
