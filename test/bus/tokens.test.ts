import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { busFor } from '../../src/bus/index.ts'
import { readToken, readTokens } from '../../src/bus/tokens.ts'
import { type Packet, packet } from '../../src/packet.ts'
import { busContext, RawClient, serve } from '../support/bus.ts'

const TOKEN = 'correct-horse-battery'
const FILE = [
  '# who may do what',
  '',
  `{"token":"${TOKEN}","publish":["lab.#"],"subscribe":["lab.*"],"ps":true}`,
  '{"sha256":"CE5CA673D13B36118D54A7CF13AEB0CA012383BF771E713421B4D1FD841F539A","subscribe":["#"],"name":"display"}',
].join('\n')

function tokensFile(t: Parameters<typeof serve>[0], text = FILE): string {
  const path = join(t.testdir({ tokens: text }), 'tokens')
  chmodSync(path, 0o600)
  return path
}

t.test('rights by token, in clear or as a hash', async t => {
  const warnings: string[] = []
  const path = tokensFile(t)
  const tokens = readTokens(path, text => warnings.push(text))
  t.same([tokens.size, warnings], [2, []])
  t.ok(tokens.rightsOf(TOKEN)?.mayPublish('lab.x'))
  t.ok(tokens.rightsOf('toor')?.maySubscribe('#'))
  t.equal(tokens.rightsOf('wrong'), undefined)
  chmodSync(path, 0o644)
  readTokens(path, text => warnings.push(text))
  t.match(warnings[0], /others than its owner may read it/)
})

t.test('a file that is none is refused, with the line', async t => {
  const bad = [
    '{',
    '[]',
    '{"token":"short"}',
    '{"token":"long-enough-for-us","publish":"#"}',
    '{"token":"long-enough-for-us","rights":1}',
  ]
  bad.push('{"publish":["#"]}', '{"token":"long-enough-for-us","ps":1}', '{"sha256":"123"}')
  for (const line of bad) t.throws(() => readTokens(tokensFile(t, `\n${line}\n`), () => {}), /tokens:2: /, line)
  t.throws(() => readTokens('nowhere/tokens', () => {}), /no such file/)
  t.throws(() => readToken(tokensFile(t, '\n'), () => {}), /expected a token/)
  t.equal(
    readToken(tokensFile(t, `${TOKEN}\n`), () => {}),
    TOKEN,
  )
})

t.test('without a token nothing is possible, with one what it allows', async t => {
  const { path, ledger } = await serve(t, { tokens: readTokens(tokensFile(t), () => {}) })
  for (const first of [
    { topic: 'lab.x' },
    { broker: { do: 'ps' } },
    { broker: { do: 'hello', token: 'wrong' } },
    { broker: { do: 'hello' } },
  ]) {
    const stranger = new RawClient(t, path)
    stranger.say(first)
    t.match(await stranger.hear(), { broker: { error: /who are you|nobody has this token/ } })
    await stranger.hungUp()
  }
  const client = new RawClient(t, path)
  client.say({ broker: { do: 'hello', token: TOKEN } })
  t.same(await client.hear(), { broker: { ok: 'hello' } })
  client.say({ broker: { do: 'subscribe', pattern: 'lab.#' } })
  t.match(await client.hear(), { broker: { error: /not allowed to subscribe to all of 'lab\.#'/ } })
  await client.subscribe('lab.*')
  client.say({ topic: 'other', n: 1 }, { topic: 'other', n: 2 }, { topic: 'lab.x', n: 3 })
  t.match(await client.hear(), { broker: { error: "not allowed to publish to 'other': 2 packets refused" } })
  t.same(await client.hear(), { topic: 'lab.x', n: 3 })
  t.same(ledger.stage('input').report().rejected, { 'not allowed': 2 })
  client.say({ broker: { do: 'forget', topic: 'other' } })
  t.match(await client.hear(), { broker: { error: /not allowed/ } })
})

t.test('to be a member of a group or a consumer takes the right to its name', async t => {
  const tokens = readTokens(tokensFile(t), () => {})
  const { path } = await serve(t, { tokens, journal: { folder: t.testdir({}), sync: 'never' } })
  const [some, all] = [new RawClient(t, path), new RawClient(t, path)]
  for (const [client, token] of [
    [some, TOKEN],
    [all, 'toor'],
  ] as const) {
    client.say({ broker: { do: 'hello', token } })
    t.same(await client.hear(), { broker: { ok: 'hello' } })
  }
  const free = '_reply.01a1fd3f-bfe7-77f3-971a-4ec83585c51f'
  for (const [index, member] of [{ group: 'g' }, { durable: 'd' }, { durable: 'lab.#' }].entries()) {
    some.say({ broker: { do: 'subscribe', pattern: 'lab.x', ...member } })
    t.match(await some.hear(), { broker: { error: /not allowed to subscribe to/ } }, JSON.stringify(member))
    const id = `all${index}`
    all.say({ broker: { do: 'subscribe', pattern: 'lab.x', id, ...member } })
    t.same(await all.hear(), { broker: { ok: 'subscribe', id } })
  }
  for (const member of [{ group: 'lab.g' }, { group: free }, { durable: 'lab.d' }]) {
    some.say({ broker: { do: 'subscribe', pattern: 'lab.x', id: 'some', ...member } })
    t.same(await some.hear(), { broker: { ok: 'subscribe', id: 'some' } }, JSON.stringify(member))
  }
  some.say({ broker: { do: 'forget', durable: 'd' } }, { broker: { do: 'unsubscribe', id: 'some' } })
  t.match(await some.hear(), { broker: { error: "not allowed to subscribe to 'd'" } })
  t.match(await some.hear(), { broker: { ok: 'unsubscribe' } })
  some.say({ broker: { do: 'forget', durable: 'lab.d' } })
  t.same(await some.hear(), { broker: { ok: 'forget', durable: 'lab.d' } })
})

t.test('a bus shows the token of its URL', async t => {
  const { url } = await serve(t, { tokens: readTokens(tokensFile(t), () => {}) })
  const token = join(t.testdir({ token: TOKEN }), 'token')
  const { context } = busContext()
  chmodSync(token, 0o644)
  const warnings: string[] = []
  const bus = busFor(`${url}?token=${token}`, text => warnings.push(text))
  t.match(warnings, [/token: others than its owner may read it/])
  const sink = await bus.publish({ topic: 'lab.x' }, context)
  await sink.close()
  const subscribed = bus.subscribe(['lab.*'], { window: 5 }, context)[Symbol.asyncIterator]()
  const batch = subscribed.next()
  const again = await bus.publish({ topic: 'lab.x', subscribers: 1 }, context)
  await again.write([packet({ n: 1 })])
  await again.close()
  t.same(
    (await batch).value?.map(({ meta }: Packet) => meta),
    [{ topic: 'lab.x', n: 1 }],
    'a window takes no more rights',
  )
  await subscribed.return?.()
  t.equal((await bus.status?.(context))?.[0]?.meta['kind'], 'broker')
  await t.rejects(async () => void (await busFor(url).status?.(context)), /who are you\?/)
})
