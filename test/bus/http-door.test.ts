import { chmodSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import t from 'tap'
import { readTokens } from '../../src/bus/tokens.ts'
import { RawClient, serve } from '../support/bus.ts'
import { socketPath } from '../support/carrier.ts'

type T = Parameters<typeof serve>[0]

/** A broker over HTTP and on a socket. */
async function served(t: T, params = '', options: Parameters<typeof serve>[1] = {}) {
  const path = socketPath(t)
  const broker = await serve(t, { ...options, listen: [`http://127.0.0.1:0${params}`, `unix:${path}`] })
  const [, port] = /:(\d+)$/.exec(broker.warnings[0] ?? '') ?? []
  const url = (rest: string) => `http://127.0.0.1:${port}${rest}`
  return { ...broker, path, port: Number(port), url }
}

/** The body of a response that does not end, piece by piece. */
async function follow(t: T, url: string, headers: Record<string, string> = {}) {
  const aborter = new AbortController()
  t.teardown(() => aborter.abort())
  const response = await fetch(url, { headers, signal: aborter.signal })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const until = async (what: string) => {
    while (!text.includes(what)) text += (await reader?.read())?.value ?? ''
    return text
  }
  return { response, until, leave: () => aborter.abort() }
}

t.test('a browser gets server-sent events', async t => {
  const { url, path } = await served(t)
  const events = await follow(t, url('/topics/lab.%23'), { accept: 'text/event-stream' })
  t.equal(events.response.headers.get('content-type'), 'text/event-stream')
  const raw = new RawClient(t, path)
  raw.say('{"topic":"lab.a","n":1}\r', { topic: 'other' }, { topic: 'lab.b' })
  t.equal(await events.until('lab.b"}\n\n'), 'data: {"topic":"lab.a","n":1}\n\ndata: {"topic":"lab.b"}\n\n')
})

t.test('curl gets lines without end, and leaves nothing behind', async t => {
  const { url, path, server } = await served(t)
  const lines = await follow(t, url('/topics?pattern=a&pattern=b.*&stream&policy=latest&buffer=5'))
  const raw = new RawClient(t, path)
  raw.say({ topic: 'a' }, { topic: 'b.c' })
  t.equal(await lines.until('b.c"}\n'), '{"topic":"a"}\n{"topic":"b.c"}\n')
  t.match(
    await (await fetch(url('/ps'))).text(),
    /"kind":"client","client":"http:\/\/127[^\n]*"patterns":\["a","b\.\*"\],"policy":"latest","buffer":5/,
  )
  lines.leave()
  while (server.exchange.size > 0) await raw.settled()
  t.notMatch(await (await fetch(url('/ps'))).text(), /http:/)
})

t.test('who polls misses nothing between two questions', async t => {
  const { url, path } = await served(t)
  const raw = new RawClient(t, path)
  const asking = fetch(url('/topics/a'))
  raw.say({ broker: { do: 'await', topic: 'a' } })
  await raw.hear()
  raw.say({ topic: 'a', n: 1 })
  const first = await asking
  t.same([first.status, await first.text()], [200, '{"topic":"a","n":1}\n'])
  raw.say({ topic: 'a', n: 2 }, { topic: 'a', n: 3 })
  await raw.settled()
  const session = url(`/topics/a?session=${first.headers.get('daq-session')}`)
  t.equal(await (await fetch(session)).text(), '{"topic":"a","n":2}\n{"topic":"a","n":3}\n')
  const open = fetch(session)
  const other = await new Promise<number | undefined>(resolve => {
    httpRequest(session, response => resolve(response.resume().statusCode)).end()
    open.then(({ status }) => t.equal(status, 204, 'the question before is answered with nothing'))
    open.then(() => raw.say({ topic: 'a', n: 4 }))
  })
  t.equal(other, 200)
})

t.test('so many poll, and no more', async t => {
  const { url, path } = await served(t, '?max-peers=3')
  const raw = new RawClient(t, path)
  raw.say({ broker: { do: 'publish', retain: true } }, { topic: 'a', n: 1 })
  await raw.settled()
  const ids: (string | null)[] = []
  for (let number = 0; number < 3; number++) {
    const response = await fetch(url('/topics/a'))
    t.equal(await response.text(), '{"topic":"a","n":1}\n')
    ids.push(response.headers.get('daq-session'))
  }
  const refused = await fetch(url('/topics/a'))
  t.same([refused.status, await refused.json()], [503, { error: '3 clients poll already: try again later' }])
  raw.say({ topic: 'a', n: 2 })
  await raw.settled()
  for (const id of ids) t.equal(await (await fetch(url(`/topics/a?session=${id}`))).text(), '{"topic":"a","n":2}\n')
})

t.test('POST publishes all of a body or nothing', async t => {
  const { url, path, ledger } = await served(t)
  const raw = new RawClient(t, path)
  await raw.subscribe('#')
  const post = async (rest: string, body: string | Buffer) => {
    const response = await fetch(url(rest), { method: 'POST', body })
    return [response.status, await response.json()]
  }
  t.same(await post('/topics/lab.x', '{"n":1}\n{"n":2}'), [200, { received: 2 }])
  t.same(
    [await raw.hear(), await raw.hear()],
    [
      { topic: 'lab.x', n: 1 },
      { topic: 'lab.x', n: 2 },
    ],
  )
  t.same(await post('/topics', '{"topic":"own"}'), [200, { received: 1 }])
  t.same(await raw.hear(), { topic: 'own' })
  t.match(await post('/topics', '{"topic":"own"}\n{"n":1}'), [400, { error: /^no topic/ }])
  t.match(await post('/topics/x', '{"n":'), [400, { error: /\w/ }])
  t.match(await post('/topics/x', 'x'.repeat(2_000_000)), [413, { error: /more than 1000000 bytes/ }])
  t.match(await post('/topics/%E0%A4%A', '{}'), [400, {}])
  t.match(await post('/elsewhere', '{}'), [404, { error: /expected GET or POST/ }])
  t.equal((await fetch(url('/topics'))).status, 400)
  t.equal((await fetch(url('/topics/a?policy=mine'))).status, 400)
  t.match(await post('/topics', `{"topic":"own"}\n{"topic":"${'x'.repeat(256)}"}`), [400, { error: /256 bytes/ }])
  t.equal(ledger.stage('input').in, 3)
})

t.test('pages of others may not use it, whatever name they give it', async t => {
  const { url, port } = await served(t, '?origin=https://lab.example&host=daq.example')
  const ask = (headers: Record<string, string>) =>
    new Promise<number | undefined>(resolve => {
      const request = httpRequest({ port, path: '/ps', headers }, response => {
        resolve(response.resume().statusCode)
      })
      request.end()
    })
  t.equal(await ask({}), 200)
  t.equal(await ask({ host: 'rebound.example' }), 403)
  t.equal(await ask({ host: 'daq.example:80' }), 200)
  t.equal(await ask({ origin: 'https://evil.example' }), 403)
  t.equal(await ask({ origin: 'null' }), 403)
  t.equal(await ask({ origin: `http://localhost:${port}` }), 200)
  const allowed = await fetch(url('/ps'), { headers: { origin: 'https://lab.example' } })
  t.same([allowed.status, allowed.headers.get('access-control-allow-origin')], [200, 'https://lab.example'])
})

t.test('a token is asked for, as anywhere', async t => {
  const folder = t.testdir({ tokens: '{"token":"correct-horse-battery","publish":["a"],"subscribe":["a"]}' })
  chmodSync(join(folder, 'tokens'), 0o600)
  const { url, ledger } = await served(t, '', { tokens: readTokens(join(folder, 'tokens'), () => {}) })
  const authorization = 'Bearer correct-horse-battery'
  const status = async (rest: string, init: RequestInit = {}) => (await fetch(url(rest), init)).status
  t.equal(await status('/ps'), 401)
  t.equal(await status('/ps', { headers: { authorization } }), 403)
  t.equal(await status('/topics/b', { headers: { authorization } }), 400)
  t.equal(await status('/topics/a', { method: 'POST', body: '{}', headers: { authorization } }), 200)
  t.equal(await status('/topics/b', { method: 'POST', body: '{}', headers: { authorization } }), 403)
  const mixed = '{"topic":"a"}\n{"topic":"b"}'
  t.equal(await status('/topics', { method: 'POST', body: mixed, headers: { authorization } }), 403)
  t.equal(ledger.stage('input').in, 1, 'nothing of it is published')
  const large = '{"value":1}\n'.repeat(20_000)
  t.equal(await status('/topics/b', { method: 'POST', body: large, headers: { authorization } }), 403)
  const events = await follow(t, url('/topics/a?token=correct-horse-battery'), { accept: 'text/event-stream' })
  t.equal(events.response.status, 200)
})

t.test('a publisher waits for a subscriber that blocks', async t => {
  const { url, path } = await served(t)
  const raw = new RawClient(t, path)
  await raw.subscribe('#', { policy: 'block', buffer: 1 })
  raw.socket.pause()
  const body = `{"x":"${'x'.repeat(900_000)}"}`
  let answered = 0
  const posts = Array.from({ length: 30 }, () =>
    fetch(url('/topics/a'), { method: 'POST', body }).then(response => {
      answered++
      return response.status
    }),
  )
  await Promise.race(posts)
  await new Promise(resolve => setTimeout(resolve, 300))
  t.ok(answered < 30, `${answered} of 30 answered while it does not read`)
  raw.socket.resume()
  t.ok((await Promise.all(posts)).every(status => status === 200))
})
