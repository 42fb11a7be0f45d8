// Peers that break the rules: each is refused with one line, the others go on, and nothing of it is kept.

import { once } from 'node:events'
import { connect, type NetConnectOpts, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { openReceiver } from '../../../src/carrier/zmq/receiver.ts'
import { openSender } from '../../../src/carrier/zmq/sender.ts'
import type { Sink } from '../../../src/stream/step.ts'
import { parseEndpoint } from '../../../src/url.ts'
import { NULL } from '../../../src/zmtp/null.ts'
import { Session } from '../../../src/zmtp/session.ts'
import { collect, numbered, type Surroundings, seqs, surroundings, until } from '../../support/carrier.ts'
import { gc } from '../../support/collect-garbage.ts'
import { freePort, placeOf } from '../../support/zmq.ts'

/** The greeting of ZMTP 3.1 with the NULL mechanism. */
const GREETING = Buffer.concat([
  Buffer.from('ff00000000000000017f0301', 'hex'),
  Buffer.from('NULL'.padEnd(20, '\0')),
  Buffer.alloc(32),
])
const ready = (type: string) => {
  const body = Buffer.concat([
    Buffer.from('\x05READY\x0bSocket-Type\0\0\0'),
    Buffer.from([type.length]),
    Buffer.from(type),
  ])
  return Buffer.concat([Buffer.from([4, body.length]), body])
}

async function publisher(t: Test, ours?: string) {
  const port = await freePort()
  const place = surroundings({ policy: 'latest' })
  const endpoint = parseEndpoint(`zmq+pub:${ours ?? `//127.0.0.1:${port}`}?listen&max-peers=20000`)
  const sink = await openSender(endpoint, place.context, { type: 'PUB', reject: () => {} })
  t.teardown(() => sink.abort?.())
  return { port, place, sink }
}

function portOf(ours: string): number {
  return Number(/\d+$/.exec(ours))
}

async function puller(t: Test, params = '') {
  const port = await freePort()
  const place = surroundings()
  const endpoint = parseEndpoint(`zmq+pull://127.0.0.1:${port}?listen${params}`)
  const source = await openReceiver(endpoint, place.context, {
    type: 'PULL',
    reject: reject => place.rejects.push(reject),
  })
  t.teardown(() => source.return())
  return { port, place, source }
}

async function dial(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' })
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

/** Sends the bytes and waits until the other side has hung up. */
async function attack(port: number, ...pieces: readonly Uint8Array[]): Promise<Buffer> {
  const socket = await dial(port)
  const closed = new Promise(resolve => socket.once('close', resolve))
  const heard: Buffer[] = []
  socket.on('data', chunk => heard.push(chunk))
  for (const piece of pieces) socket.write(piece)
  await closed
  return Buffer.concat(heard)
}

/** A well-behaved peer still gets through. */
async function stillWorks(address: NetConnectOpts, sink: Sink) {
  const socket = connect(address)
  const session = new Session({ type: 'SUB', mechanism: NULL, maxMessage: 1000, place: 'test' })
  let messages = 0
  let subscribed = false
  const send = (chunks: readonly Uint8Array[]) => {
    for (const chunk of chunks) socket.write(chunk)
  }
  send(session.start())
  socket.on('data', chunk => {
    const received = session.push(chunk)
    send(received.reply)
    if (session.ready && !subscribed) send(session.subscribe(Buffer.alloc(0)))
    subscribed = session.ready !== undefined
    messages += received.messages.length
  })
  await until(() => {
    sink.write(numbered(1))
    return messages > 0
  })
  socket.destroy()
}

/** One line for each, naming the peer. */
function told(t: Test, place: Surroundings, pattern: RegExp): void {
  t.equal(place.warnings.length, 1, place.warnings.join('\n'))
  t.match(place.warnings.shift(), pattern)
}

const REFUSED: readonly { readonly name: string; readonly bytes: readonly Uint8Array[]; readonly says: RegExp }[] = [
  { name: 'garbage', bytes: [Buffer.alloc(1000, 'GET / HTTP/1.1\r\n')], says: /greeting/ },
  { name: 'ZMTP 2', bytes: [Buffer.from('ff00000000000000017f0100', 'hex'), Buffer.alloc(52)], says: /version|ZMTP/ },
  {
    name: 'another mechanism',
    bytes: [GREETING.subarray(0, 12), Buffer.from('CURVE'.padEnd(20, '\0')), Buffer.alloc(32)],
    says: /mechanism "CURVE", expected NULL/,
  },
  { name: 'a type that does not fit', bytes: [GREETING, ready('PULL')], says: /type "PULL", expected SUB/ },
  { name: 'a message instead of a handshake', bytes: [GREETING, Buffer.from([0, 1, 1])], says: /before the handshake/ },
  {
    name: 'a command of 2^63 bytes',
    bytes: [GREETING, Buffer.from('068000000000000000', 'hex')],
    says: /command of 9223372036854775808 bytes/,
  },
  {
    name: 'a message of 2^63 bytes',
    bytes: [GREETING, ready('SUB'), Buffer.from('028000000000000000', 'hex')],
    says: /9223372036854775808 bytes/,
  },
  {
    name: 'a command without an end',
    bytes: [GREETING, Buffer.from('\x05\x06\x05READY'), Buffer.alloc(1000)],
    says: /a command in several frames/,
  },
  {
    name: 'a long command',
    bytes: [GREETING, Buffer.from('060000000000010001', 'hex')],
    says: /command of 65537 bytes/,
  },
  { name: 'metadata that lies', bytes: [GREETING, Buffer.from('\x04\x10\x05READY\x01Xzzzz00000')], says: /metadata/ },
]

t.test('a publisher refuses, in one line, who breaks the rules', async t => {
  const { port, place, sink } = await publisher(t)
  for (const { name, bytes, says } of REFUSED) {
    await attack(port, ...bytes)
    told(t, place, says)
    t.pass(name)
  }
  await stillWorks({ port, host: '127.0.0.1' }, sink)
  t.same(place.warnings, [])
})

t.test('a puller refuses parts and messages that are too long before it holds them', async t => {
  const { port, place, source } = await puller(t, '&max=1MiB')
  const before = process.memoryUsage().rss
  await attack(port, GREETING, ready('PUSH'), Buffer.from('028000000000000000', 'hex'))
  told(t, place, /9223372036854775808 bytes/)
  await attack(port, GREETING, ready('PUSH'), Buffer.from('020000000040000000', 'hex'))
  told(t, place, /1073741824 bytes/)
  const part = Buffer.concat([Buffer.from('03000000000007d000', 'hex'), Buffer.alloc(512_000)])
  await attack(port, GREETING, ready('PUSH'), part, part, part)
  told(t, place, /at most/)
  t.ok(process.memoryUsage().rss - before < 64 * 2 ** 20)
  const good = await dial(port)
  good.write(Buffer.concat([GREETING, ready('PUSH'), Buffer.from('\x01\x02{}\0\x01x')]))
  const { value: batch = [] } = await source.next()
  t.same(batch[0]?.meta, {})
  good.destroy()
})

t.test('what a large length announces is not held before it comes', async t => {
  const { port, place } = await puller(t)
  gc()
  const before = process.memoryUsage().arrayBuffers
  const sockets = await Promise.all(Array.from({ length: 50 }, () => dial(port)))
  for (const socket of sockets) {
    socket.write(Buffer.concat([GREETING, ready('PUSH'), Buffer.from('020000000030000000', 'hex'), Buffer.alloc(1000)]))
  }
  await until(() => Object.keys(place.ledger.report()['input']?.peers ?? {}).length === 50)
  gc()
  const held = process.memoryUsage().arrayBuffers - before
  t.ok(held < 50 * 2 * 2 ** 20, `${held} bytes for 50 parts of 768 MiB`)
  for (const socket of sockets) socket.destroy()
})

t.test('who asks for more than it takes is not read from until it has taken it', async t => {
  const { port, place, sink } = await publisher(t)
  const socket = await dial(port)
  socket.pause()
  socket.write(Buffer.concat([GREETING, ready('SUB')]))
  const ping = Buffer.from('\x04\x17\x04PING\0\0cccccccccccccccc', 'latin1')
  const many = Buffer.concat(Array(4000).fill(ping))
  let poured = 0
  while (poured < 400 && socket.writableLength < 2 ** 22) {
    socket.write(many)
    poured++
    await new Promise(resolve => setImmediate(resolve))
  }
  t.ok(poured < 400, `after ${poured * many.length} bytes nothing more was taken`)
  await stillWorks({ port, host: '127.0.0.1' }, sink)
  socket.destroy()
  t.same(place.warnings, [])
})

t.test('a subscriber of everything there is, is refused', async t => {
  const { port, place } = await publisher(t)
  const socket = await dial(port)
  const closed = new Promise(resolve => socket.once('close', resolve))
  socket.write(Buffer.concat([GREETING, ready('SUB')]))
  for (let i = 0; i < 300 && !socket.destroyed; i++) {
    const bytes = Array.from({ length: 1000 }, (_, j) =>
      Buffer.from(`\0\x09\x01${String(i * 1000 + j).padStart(8)}`, 'latin1'),
    )
    socket.write(Buffer.concat(bytes))
    await new Promise(resolve => setImmediate(resolve))
  }
  await closed
  told(t, place, /too many subscriptions/)
})

for (const { transport, count } of [
  { transport: 'ipc', count: 10_000 },
  { transport: 'tcp', count: 10_000 },
] as const) {
  t.test(`${count} connections over ${transport}, opened and dropped, leave nothing behind`, async t => {
    const { ours } = await placeOf(t, transport)
    const { place, sink } = await publisher(t, ours)
    const address = transport === 'ipc' ? { path: ours } : { port: portOf(ours), host: '127.0.0.1' }
    await stillWorks(address, sink)
    gc()
    const before = process.memoryUsage()
    for (let from = 0; from < count; from += 50) {
      // The system lets only so many wait to be accepted.
      await until(() => place.warnings.length >= from - 100)
      const sockets = Array.from({ length: 50 }, () => connect(address))
      await Promise.all(
        sockets.map(async (socket, index) => {
          socket.on('error', () => {})
          await once(socket, 'connect')
          if (index % 3 === 1) socket.write(GREETING)
          if (index % 3 === 2 && transport === 'tcp') socket.resetAndDestroy()
          else socket.destroy()
        }),
      )
    }
    await until(() => place.warnings.length === count)
    t.ok(place.warnings.every(line => /before its handshake was done$/.test(line)))
    place.warnings.length = 0
    await stillWorks(address, sink)
    await until(() => sink.present === 0)
    await new Promise(resolve => setImmediate(resolve))
    gc()
    const after = process.memoryUsage()
    t.ok(after.heapUsed - before.heapUsed < 5 * 2 ** 20, `heap: ${after.heapUsed - before.heapUsed} more`)
    t.ok(
      after.arrayBuffers - before.arrayBuffers < 2 ** 20,
      `buffers: ${after.arrayBuffers - before.arrayBuffers} more`,
    )
  })
}

t.test('connections that say nothing give way to others, and in the end are closed', async t => {
  const { port, place, sink } = await publisher(t)
  const silent = await Promise.all(Array.from({ length: 300 }, () => dial(port)))
  await until(() => place.warnings.length === 300 - 256)
  t.match(place.warnings[0], /too many peers without a handshake/)
  place.warnings.length = 0
  await stillWorks({ port, host: '127.0.0.1' }, sink)
  const drip = setInterval(() => {
    for (const socket of silent) if (!socket.destroyed) socket.write(Buffer.from([0xff]))
  }, 2000)
  await until(() => silent.every(socket => socket.destroyed))
  clearInterval(drip)
  t.match(place.warnings, Array(256).fill(/no handshake within 10s|greeting|before its handshake/))
})

t.test('the reader goes on when a pusher sends garbage in the middle', async t => {
  const { port, place, source } = await puller(t)
  const reader = collect(source)
  const [good, bad] = [await dial(port), await dial(port)]
  const message = (seq: number) => Buffer.from(`\x01\x09{"seq":${seq}}\0\0`, 'latin1')
  for (const socket of [good, bad]) socket.write(Buffer.concat([GREETING, ready('PUSH')]))
  bad.write(Buffer.concat([message(1), Buffer.alloc(100, 0xff)]))
  await until(() => place.warnings.length === 1)
  good.write(message(2))
  await until(() => place.ledger.report()['input']?.in === 2)
  place.stop.abort()
  t.same(seqs(await reader), [1, 2])
  good.destroy()
})
