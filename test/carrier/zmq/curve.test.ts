// CURVE against libzmq, in both roles, in every pattern and both directions; who is turned away, and with which words.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { openSink, openSource } from '../../../src/library.ts'
import { packet } from '../../../src/packet.ts'
import { type CurveKeys, certificateText, generateKeys, keyFileText } from '../../../src/zmtp/curve-keys.ts'
import { encodeZ85 } from '../../../src/zmtp/z85.ts'
import { ROOT } from '../../support/cases.ts'
import { type Started, start } from '../../support/process.ts'
import { DEBIAN_PYTHON, noPyzmq } from '../../support/python.ts'

const COUNT = 20
const keys = { server: generateKeys(), client: generateKeys(), stranger: generateKeys() }
const bare = ({ publicKey }: CurveKeys) => `${encodeZ85(publicKey)}\n`

/** A folder with the keys of all, and the socket that the peers meet at. */
function meeting(t: Test) {
  const folder = t.testdir({
    'server.key': keyFileText(keys.server, 'server'),
    'server.pub': bare(keys.server),
    'client.key': keyFileText(keys.client, 'client'),
    'stranger.key': keyFileText(keys.stranger, 'stranger'),
    'stranger.pub': bare(keys.stranger),
    allowed: { 'client.key': certificateText(keys.client.publicKey, 'client') },
    'allowed.txt': `# who may come in\n${bare(keys.client)}`,
  })
  // The system allows the path of a socket about 100 characters.
  const short = mkdtempSync(join(tmpdir(), 'curve-'))
  t.teardown(() => rmSync(short, { recursive: true }))
  const socket = join(short, 's')
  return { folder, socket, at: (name: string) => join(folder, name), endpoint: `ipc://${socket}` }
}

type Meeting = ReturnType<typeof meeting>

interface Role {
  readonly role: 'server' | 'client' | 'none'
  /** Whose key pair it has, if not its role's. */
  readonly as?: 'stranger'
  /** Whose public key it takes for the server's. */
  readonly trusts?: 'stranger'
}

function peer(t: Test, { folder, endpoint, at }: Meeting, words: readonly string[], who: Role, count = COUNT): Started {
  const { role, as: other, trusts = 'server' } = who
  const own = other ?? role
  const [type = '', way = '', ...environment] = words
  const script = join(ROOT, 'test/support/curve-peer.py')
  const all = [script, type, way, endpoint, role, at(`${own}.key`), at(`${trusts}.key`), String(count)]
  return start(t, `${environment.join(' ')} exec ${DEBIAN_PYTHON} ${all.map(word => `'${word}'`).join(' ')}`, {
    folder,
  })
}

function url(scheme: string, { at, socket }: Meeting, who: Role, ...params: readonly string[]): string {
  const { role, as, trusts = 'server' } = who
  const own = as ?? role
  const security = {
    server: [`curve-key=${at(`${own}.key`)}`, `curve-allow=${at('allowed.txt')}`],
    client: [`curve-key=${at(`${own}.key`)}`, `curve-server-key=${at(`${trusts}.pub`)}`],
    none: [],
  }[role]
  return `zmq+${scheme}:${socket}?${[...security, ...params].join('&')}`
}

const expected = Array.from({ length: COUNT }, (_, n) => [n, 1000 * n, true])
const packets = () => expected.map((_, n) => packet({ n }, Buffer.alloc(1000 * n)))

/** Our warnings, and one to wait for. */
function hearing() {
  const said: string[] = []
  let heard = () => {}
  const warn = (message: string) => {
    said.push(message)
    heard()
  }
  async function until(what: RegExp): Promise<string> {
    for (;;) {
      const found = said.find(message => what.test(message))
      if (found !== undefined) return found
      await new Promise<void>(resolve => {
        heard = resolve
      })
    }
  }
  return { said, warn, until }
}

const ROLES: readonly (readonly [ours: Role, theirs: Role])[] = [
  [{ role: 'server' }, { role: 'client' }],
  [{ role: 'client' }, { role: 'server' }],
]
const WAYS = [
  [['listen'], 'connect'],
  [[], 'bind'],
] as const

for (const [ours, theirs] of ROLES) {
  for (const [params, way] of WAYS) {
    const name = `ours ${ours.role}, ${params.length > 0 ? 'listening' : 'connecting'}`
    for (const [scheme, type] of [
      ['pub', 'SUB'],
      ['push', 'PULL'],
    ] as const) {
      t.test(`${name}: ${scheme} to ${type} of libzmq`, { skip: noPyzmq }, async t => {
        const place = meeting(t)
        const sink = await openSink(url(scheme, place, ours, ...params, 'peers=1'))
        const { printed, ended } = peer(t, place, [type, way], theirs)
        await sink.write(packets())
        await printed(`[${COUNT - 1},`)
        await sink.close()
        t.same(linesOf((await ended).stdout), expected)
      })
    }
    for (const [scheme, type] of [
      ['sub', 'PUB'],
      ['pull', 'PUSH'],
    ] as const) {
      t.test(`${name}: ${scheme} from ${type} of libzmq`, { skip: noPyzmq }, async t => {
        const place = meeting(t)
        const stop = new AbortController()
        peer(t, place, [type, way], theirs)
        const found: unknown[] = []
        for await (const batch of openSource(url(scheme, place, ours, ...params), { signal: stop.signal })) {
          for (const { meta, data } of batch) found.push([meta['n'], data.length, data.every(byte => byte === 0)])
          if (found.length >= COUNT) stop.abort()
        }
        t.same(found, expected)
      })
    }
  }
}

function linesOf(stdout: string): unknown[] {
  const lines = stdout.split('\n').filter(line => line.startsWith('['))
  return lines.map(line => JSON.parse(line.replaceAll('True', 'true')))
}

t.test('a client of libzmq that is not listed learns 400, and this side names its key', { skip: noPyzmq }, async t => {
  const place = meeting(t)
  const { warn, until } = hearing()
  const sink = await openSink(url('pub', place, { role: 'server' }, 'listen'), { warn })
  const { printed } = peer(t, place, ['SUB', 'connect'], { role: 'client', as: 'stranger' }, 0)
  t.match(await until(/not allowed/), `a client that is not allowed, with the public key ${bare(keys.stranger).trim()}`)
  await printed('HANDSHAKE_FAILED_AUTH 400')
  await sink.close()
})

t.test('a client of libzmq with the key of another server is told apart', { skip: noPyzmq }, async t => {
  const place = meeting(t)
  const { warn, until } = hearing()
  const sink = await openSink(url('push', place, { role: 'server' }, 'listen'), { warn, policy: 'latest' })
  peer(t, place, ['PULL', 'connect'], { role: 'client', trusts: 'stranger' }, 0)
  t.match(await until(/HELLO/), /: a HELLO that is not for this server's key/)
  await sink.close()
})

t.test('a peer of libzmq without keys is refused', { skip: noPyzmq }, async t => {
  const place = meeting(t)
  const { warn, until } = hearing()
  const sink = await openSink(url('pub', place, { role: 'server' }, 'listen'), { warn })
  peer(t, place, ['SUB', 'connect'], { role: 'none' }, 0)
  // It leaves when it sees our mechanism, most often before it has said its own.
  const words = /mechanism "NULL", expected CURVE|went away before its handshake was done/
  t.match(await until(words), words)
  await sink.close()
})

for (const [name, ours, words] of [
  ['whose key is not listed', { role: 'client', as: 'stranger' }, /the peer refused: 400: not authenticated/],
  [
    'with the key of another server',
    { role: 'client', trusts: 'stranger' },
    /before its handshake was done, perhaps because it has other keys or none, connecting again$/,
  ],
  ['without keys', { role: 'none' }, /mechanism "CURVE", expected NULL|went away before its handshake was done/],
] as const) {
  t.test(`this side ${name} is turned away by libzmq, and says so`, { skip: noPyzmq }, async t => {
    const place = meeting(t)
    const { warn, until } = hearing()
    const stop = new AbortController()
    const server = peer(t, place, ['PUB', 'bind', `ALLOWED='${place.at('allowed')}'`], { role: 'server' }, 0)
    await server.printed('open')
    const source = openSource(url('sub', place, ours), { signal: stop.signal, warn })
    const reading = collect(source)
    t.match(await until(words), words)
    stop.abort()
    t.same(await reading, [])
  })
}

t.test('this side, listed, is let in by the authentication of libzmq', { skip: noPyzmq }, async t => {
  const place = meeting(t)
  const stop = new AbortController()
  peer(t, place, ['PUB', 'bind', `ALLOWED='${place.at('allowed')}'`], { role: 'server' })
  let count = 0
  for await (const batch of openSource(url('sub', place, { role: 'client' }), { signal: stop.signal })) {
    count += batch.length
    if (count === COUNT) stop.abort()
  }
  t.equal(count, COUNT)
})

t.test('parts of many megabytes, both ways', { skip: noPyzmq }, async t => {
  const place = meeting(t)
  const sink = await openSink(url('push', place, { role: 'server' }, 'listen', 'peers=1'))
  const { printed, ended } = peer(t, place, ['PULL', 'connect'], { role: 'client' }, 2)
  await sink.write([packet({ n: 0 }, Buffer.alloc(20 << 20)), packet({ n: 1 }, Buffer.alloc((1 << 20) + 1))])
  await printed('[1,')
  await sink.close()
  t.same(linesOf((await ended).stdout), [
    [0, 20 << 20, true],
    [1, (1 << 20) + 1, true],
  ])
})

t.test('each subscriber has keys of its own', async t => {
  const place = meeting(t)
  const [one, two] = [generateKeys(), generateKeys()]
  for (const [name, pair] of Object.entries({ one, two })) {
    writeFileSync(place.at(`${name}.key`), keyFileText(pair, name))
  }
  writeFileSync(place.at('allowed.txt'), bare(one) + bare(two))
  const sink = await openSink(url('pub', place, { role: 'server' }, 'listen', 'peers=2'))
  const stop = new AbortController()
  const got = ['one', 'two'].map(async name => {
    const where = `zmq+sub:${place.socket}?curve-key=${place.at(`${name}.key`)}&curve-server-key=${place.at('server.pub')}`
    const found: unknown[] = []
    for await (const batch of openSource(where, { signal: stop.signal })) {
      for (const { meta, data } of batch) found.push([meta['n'], data.length, true])
      if (found.length === COUNT) return found
    }
    return found
  })
  await sink.write(packets())
  t.same(await Promise.all(got), [expected, expected])
  stop.abort()
  await sink.close()
})

async function collect<T>(source: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = []
  for await (const item of source) all.push(item)
  return all
}
