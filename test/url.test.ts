import t from 'tap'
import { UsageError } from '../src/errors.ts'
import { parseDuration } from '../src/units.ts'
import { checkParams, flagParam, hostPort, param, parseEndpoint, withoutSecrets } from '../src/url.ts'

t.test('an endpoint is taken apart', async t => {
  const cases: readonly [string, string, string, Record<string, string>][] = [
    ['-', '-', '', {}],
    ['log.csv', 'file', 'log.csv', {}],
    ['./a:b', 'file', './a:b', {}],
    ['/tmp/x?append', 'file', '/tmp/x', { append: '' }],
    ['file:a%3Fb', 'file', 'a?b', {}],
    ['tcp://127.0.0.1:4000?listen&ack=5', 'tcp', '//127.0.0.1:4000', { listen: '', ack: '5' }],
    ['zmq+pub://*:1', 'zmq+pub', '//*:1', {}],
    ['-?wait=1s', '-', '', { wait: '1s' }],
  ]
  for (const [text, scheme, rest, params] of cases) {
    const endpoint = parseEndpoint(text)
    t.same([endpoint.scheme, endpoint.rest, Object.fromEntries(endpoint.params)], [scheme, rest, params], text)
  }
  t.throws(() => parseEndpoint(''), UsageError)
})

t.test('host and port are checked', async t => {
  t.same(hostPort(parseEndpoint('tcp://localhost:80')), { host: 'localhost', port: 80 })
  t.same(hostPort(parseEndpoint('tcp://:80')), { host: '127.0.0.1', port: 80 })
  t.same(hostPort(parseEndpoint('tcp://[::1]:80')), { host: '::1', port: 80 })
  for (const text of ['tcp://localhost', 'tcp:localhost:80', 'tcp://h:99999', 'tcp://h:x']) {
    t.throws(() => hostPort(parseEndpoint(text)), /expected tcp:\/\/HOST:PORT/, text)
  }
})

t.test('parameters are read, and errors name the endpoint', async t => {
  const endpoint = parseEndpoint('tcp://h:1?listen&keep=no&wait=5s&bad=5x')
  t.equal(flagParam(endpoint, 'listen'), true)
  t.equal(flagParam(endpoint, 'keep'), false)
  t.equal(flagParam(endpoint, 'absent'), false)
  t.throws(() => flagParam(endpoint, 'wait'), UsageError)
  t.equal(param(endpoint, 'wait', parseDuration), 5000)
  t.equal(param(endpoint, 'absent', parseDuration), undefined)
  t.throws(() => param(endpoint, 'bad', parseDuration), /tcp:.*bad: '5x' is no duration/)
  t.doesNotThrow(() => checkParams(endpoint, ['listen', 'keep', 'wait', 'bad']))
  t.throws(() => checkParams(endpoint, ['listen']), /unknown parameter 'keep' \(known: listen\)/)
})

t.test('secrets are not printed', async t => {
  t.equal(
    withoutSecrets('postgres://me:hush@host/db?password=x&table=log'),
    'postgres://me:…@host/db?password=…&table=log',
  )
  t.equal(withoutSecrets('tcp://host:80'), 'tcp://host:80')
})
