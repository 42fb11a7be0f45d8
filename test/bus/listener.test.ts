import { chmodSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { busFor } from '../../src/bus/index.ts'
import { listenerOf } from '../../src/bus/listener.ts'
import { readTokens } from '../../src/bus/tokens.ts'
import { UsageError } from '../../src/errors.ts'
import { packet } from '../../src/packet.ts'
import { parseEndpoint } from '../../src/url.ts'
import { busContext, serve } from '../support/bus.ts'
import { certificate, noOpenssl } from '../support/certificate.ts'

t.test('an address that anybody reaches needs TLS and tokens, or insecure', async t => {
  const open =
    (url: string, hasTokens = false) =>
    () =>
      listenerOf(parseEndpoint(url), { hasTokens, warn() {}, http: createServer })
  for (const url of ['tcp://127.0.0.1:1', 'tcp://[::1]:1', 'tcp://0.0.0.0:1?insecure', 'unix:bus'])
    t.doesNotThrow(open(url), url)
  t.throws(open('tcp://0.0.0.0:1', true), /anybody who reaches 0\.0\.0\.0 could connect/)
  t.throws(open('tls://0.0.0.0:1?cert=c&key=k'), /anybody who reaches/)
  t.throws(open('tls://127.0.0.1:1'), /expected \?cert=FILE&key=FILE/)
  t.throws(open('tls://127.0.0.1:1?cert=nowhere&key=nowhere'), /nowhere: no such file/)
  t.throws(open('zmq+sub://127.0.0.1:1'), UsageError)
  t.throws(open('tcp://127.0.0.1:1?ack=5'), /unknown parameter 'ack'/)
})

t.test('over TLS, with a token, to every address', { skip: noOpenssl }, async t => {
  const folder = t.testdir({
    tokens: '{"token":"correct-horse-battery","publish":["#"],"subscribe":["#"]}',
    token: 'correct-horse-battery',
  })
  const { cert, key } = certificate(folder)
  chmodSync(join(folder, 'tokens'), 0o600)
  const tokens = readTokens(join(folder, 'tokens'), () => {})
  const { warnings } = await serve(t, { listen: [`tls://0.0.0.0:0?cert=${cert}&key=${key}`], tokens })
  const [, port] = /:(\d+)$/.exec(warnings[0] ?? '') ?? []
  const url = `tls://127.0.0.1:${port}?token=${join(folder, 'token')}`
  const { context } = busContext()
  const trusting = busFor(`${url}&ca=${cert}`)
  const sink = await trusting.publish({ topic: 'a', retain: true }, context)
  await sink.write([packet({ n: 1 })])
  await sink.close()
  for await (const [first] of trusting.subscribe(['a'], {}, context)) {
    t.same(first?.meta, { topic: 'a', n: 1 })
    break
  }
  await t.rejects(busFor(url).publish({ topic: 'a' }, context), /self-signed certificate/)
})
