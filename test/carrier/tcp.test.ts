// Connections over TCP: either side may come first, many peers, breaks, refusals, slow and vanishing peers.

import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import t from 'tap'
import { CarrierError, UsageError } from '../../src/errors.ts'
import { packet } from '../../src/packet.ts'
import { collect, numbered, type Surroundings, seqs, surroundings, until } from '../support/carrier.ts'

/** The port of a listening endpoint, as it was told. */
async function toldPort(place: Surroundings): Promise<number> {
  const told = () => place.warnings.findIndex(text => text.startsWith('listening on '))
  await until(() => told() >= 0)
  const [text] = place.warnings.splice(told(), 1)
  return Number(/:(\d+)$/.exec(text ?? '')?.[1])
}

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address: AddressInfo | string | null = server.address()
  return address && typeof address === 'object' ? address.port : 0
}

/** A server that hands out its connections one by one. */
async function plainServer() {
  const sockets: Socket[] = []
  const server = createServer(socket => {
    socket.on('error', () => {})
    sockets.push(socket)
  })
  const port = await portOf(server)
  const next = async () => {
    await until(() => sockets.length > 0)
    const socket = sockets.shift()
    if (!socket) throw new Error('no connection')
    return socket
  }
  return { port, next, close: () => server.close() }
}

async function freePort(): Promise<number> {
  const server = createServer()
  const port = await portOf(server)
  server.close()
  await once(server, 'close')
  return port
}

t.test('packets go from a connecting output to a listening input', async t => {
  const input = surroundings()
  const reading = collect(input.source('tcp://127.0.0.1:0?listen&once'))
  const output = surroundings()
  const sink = await output.sink(`tcp://127.0.0.1:${await toldPort(input)}`)
  await sink.write(numbered(1000))
  await sink.close()
  t.same(seqs(await reading), seqs(numbered(1000)))
  t.equal(output.ledger.report()['output']?.out, 1000)
  t.same(output.ledger.lost, 0)
})

t.test('packets of several peers are merged, each whole', async t => {
  const input = surroundings()
  const reading = collect(input.source('tcp://127.0.0.1:0?listen'), () => {
    if (input.ledger.stage('input').in === 300) input.stop.abort('SIGTERM')
  })
  const port = await toldPort(input)
  for (const name of ['a', 'b', 'c']) {
    const sink = await surroundings().sink(`tcp://127.0.0.1:${port}`)
    for (let seq = 0; seq < 100; seq++) await sink.write([packet({ name, seq })])
    await sink.close()
  }
  const seen = await reading
  for (const name of ['a', 'b', 'c']) {
    t.same(
      seqs(seen.filter(({ meta }) => meta['name'] === name)),
      Array.from({ length: 100 }, (_, seq) => seq),
    )
  }
})

t.test('an input that is not there yet is waited for, with one warning', async t => {
  const port = await freePort()
  const output = surroundings()
  const opening = output.sink(`tcp://127.0.0.1:${port}`)
  await until(() => output.warnings.length > 0)
  const input = surroundings()
  const reading = collect(input.source(`tcp://127.0.0.1:${port}?listen&once`))
  const sink = await opening
  await sink.write(numbered(3))
  await sink.close()
  t.same(seqs(await reading), [1, 2, 3])
  t.same(output.warnings, [`tcp://127.0.0.1:${port}: connection refused, trying again`])
})

t.test('patience ends where wait says, at a stop, and for a final error', async t => {
  const port = await freePort()
  const { source, sink } = surroundings()
  await t.rejects(sink(`tcp://127.0.0.1:${port}?wait=0`), { message: /connection refused$/ })
  await t.rejects(collect(source(`tcp://127.0.0.1:${port}?wait=50ms`)), { message: /connection refused for 50ms$/ })
  const stopped = surroundings()
  const opening = stopped.sink(`tcp://127.0.0.1:${port}`)
  stopped.stop.abort('SIGINT')
  await t.rejects(opening, { message: /stopped before/ })
  const reading = surroundings()
  const packets = collect(reading.source(`tcp://127.0.0.1:${port}`))
  reading.stop.abort('SIGINT')
  t.same(await packets, [])
})

t.test('every peer of a listening output gets everything from when it joined', async t => {
  const output = surroundings()
  const opening = await output.sink('tcp://127.0.0.1:0?listen&peers=2')
  const port = await toldPort(output)
  const inputs = [surroundings(), surroundings()]
  const readings = inputs.map(({ source }) => collect(source(`tcp://127.0.0.1:${port}`)))
  await opening.write(numbered(500))
  await opening.close()
  for (const reading of readings) t.same(seqs(await reading), seqs(numbered(500)))
  t.equal(output.ledger.report()['output']?.out, 1000)
})

t.test('a slow peer loses by its own queue, is told so in-band, and delays nobody', async t => {
  const output = surroundings({ policy: 'drop-oldest', buffer: 10 })
  const sink = await output.sink('tcp://127.0.0.1:0?listen&peers=2')
  const port = await toldPort(output)
  const slow = connect({ port, host: '127.0.0.1' })
  slow.pause()
  await once(slow, 'connect')
  const quick = collect(surroundings().source(`tcp://127.0.0.1:${port}`))
  const filling = 'x'.repeat(100_000)
  const TOTAL = 400
  for (let seq = 1; seq <= TOTAL; seq++) {
    await sink.write([packet({ seq, filling })])
    await new Promise(resolve => setImmediate(resolve))
  }
  const chunks: Uint8Array[] = []
  slow.on('data', chunk => chunks.push(chunk))
  const ended = once(slow, 'end')
  slow.resume()
  await sink.close()
  await ended
  const lines = Buffer.concat(chunks).toString().trimEnd().split('\n')
  let last = 0
  let lost = 0
  for (const line of lines) {
    const { seq, gap } = JSON.parse(line)
    if (gap) {
      t.equal(gap.from, last + 1)
      t.equal(gap.to - gap.from + 1, gap.lost)
      lost += gap.lost
      last = gap.to
    } else {
      if (seq !== last + 1) t.fail(`${seq} after ${last}`)
      last = seq
    }
  }
  t.equal(last, TOTAL)
  t.ok(lost > 0)
  t.equal(seqs(await quick).at(-1), TOTAL)
  t.ok(output.ledger.lost >= lost)
})

t.test(
  'a peer that reads nothing does not keep a closing output for ever: it is cut off, and its loss counted',
  async t => {
    const output = surroundings({ policy: 'drop-oldest', buffer: 10 })
    const sink = await output.sink('tcp://127.0.0.1:0?listen&peers=1')
    const slow = connect({ port: await toldPort(output), host: '127.0.0.1' })
    slow.on('error', () => {})
    slow.pause()
    await once(slow, 'connect')
    const filling = 'x'.repeat(1_000_000)
    const TOTAL = 40
    for (let seq = 1; seq <= TOTAL; seq++) await sink.write([packet({ seq, filling })])
    const before = output.ledger.lost
    await sink.close()
    t.ok(output.ledger.lost > before, `${output.ledger.lost} of ${TOTAL} lost, ${before} of them before the close`)
    t.match(Object.keys(Object.values(output.ledger.report()).at(-1)?.dropped ?? {}), ['overflow', 'peer too slow'])
    const closed = once(slow, 'close')
    slow.resume()
    await closed
  },
)

t.test('an output that ends badly hangs up on all its peers at once', async t => {
  const output = surroundings()
  const sink = await output.sink('tcp://127.0.0.1:0?listen&peers=2')
  const port = await toldPort(output)
  const peers = [connect({ port, host: '127.0.0.1' }), connect({ port, host: '127.0.0.1' })]
  await Promise.all(peers.map(peer => once(peer, 'connect')))
  for (const peer of peers) peer.resume()
  await sink.write(numbered(1))
  const closed = Promise.all(peers.map(peer => once(peer, 'close')))
  await sink.abort?.()
  await closed
  await t.rejects(once(connect({ port, host: '127.0.0.1' }), 'connect'), { code: 'ECONNREFUSED' })
})

t.test('a peer that vanishes is no error for the others', async t => {
  const output = surroundings()
  const sink = await output.sink('tcp://127.0.0.1:0?listen&peers=2')
  const port = await toldPort(output)
  const vanishing = connect({ port, host: '127.0.0.1' })
  await once(vanishing, 'connect')
  const reading = collect(surroundings().source(`tcp://127.0.0.1:${port}`))
  await sink.write(numbered(10))
  vanishing.resetAndDestroy()
  for (let round = 1; round <= 20; round++) {
    await sink.write(numbered(10, round * 10 + 1))
    await new Promise(resolve => setImmediate(resolve))
  }
  await sink.close()
  t.equal((await reading).length, 210)
  t.equal(output.ledger.lost, 0)
})

t.test('an input connects again after a break, and what was cut off is rejected', async t => {
  const server = await plainServer()
  const input = surroundings()
  const reading = collect(input.source(`tcp://127.0.0.1:${server.port}`))
  const first = await server.next()
  first.write('{"seq":1}\n{"se')
  await until(() => input.ledger.stage('input').in === 1)
  first.resetAndDestroy()
  const second = await server.next()
  second.end('{"seq":2}\n')
  t.same(seqs(await reading), [1, 2])
  t.match(input.warnings, [/connection reset by peer, connecting again/])
  t.equal(input.rejects.length, 1)
  server.close()
})

t.test('reconnect=no: the break is the end, with an error', async t => {
  const server = await plainServer()
  const reading = collect(surroundings().source(`tcp://127.0.0.1:${server.port}?reconnect=no`))
  const failed = t.rejects(reading, { message: /connection reset by peer/ })
  const first = await server.next()
  first.resetAndDestroy()
  await failed
  server.close()
})

t.test('an output connects again after a break, and says that packets may be lost', async t => {
  const server = await plainServer()
  const output = surroundings()
  const sink = await output.sink(`tcp://127.0.0.1:${server.port}`)
  const first = await server.next()
  await sink.write(numbered(1))
  first.resetAndDestroy()
  let seq = 2
  const writing = (async () => {
    while (output.warnings.length === 0) {
      await sink.write(numbered(1, seq++))
      await new Promise(resolve => setImmediate(resolve))
    }
  })()
  const second = await server.next()
  await writing
  const chunks: Uint8Array[] = []
  second.on('data', chunk => chunks.push(chunk))
  const ended = once(second, 'end')
  await sink.write(numbered(1, seq))
  await sink.close()
  await ended
  const last = Buffer.concat(chunks).toString().trimEnd().split('\n')
  t.same(last, [`{"seq":${seq - 1}}`, `{"seq":${seq}}`])
  t.match(output.warnings, [/connecting again; what was under way may be lost/])
  t.same(output.ledger.report()['output']?.dropped, { 'connection broken': 1 })
  server.close()
})

t.test('reconnect=no: a broken output fails', async t => {
  const server = await plainServer()
  const sink = await surroundings().sink(`tcp://127.0.0.1:${server.port}?reconnect=no`)
  const first = await server.next()
  first.resetAndDestroy()
  await t.rejects(async () => {
    for (;;) {
      await sink.write(numbered(1))
      await new Promise(resolve => setImmediate(resolve))
    }
  }, CarrierError)
  await sink.abort?.()
  server.close()
})

t.test('anything wider than loopback has to be asked for', async t => {
  const { source, sink } = surroundings()
  for (const host of ['0.0.0.0', '[::]', 'example.org']) {
    await t.rejects(sink(`tcp://${host}:0?listen`), UsageError)
    await t.rejects(collect(source(`tcp://${host}:0?listen`)), { message: /add insecure/ })
  }
  const wide = surroundings()
  const reading = collect(wide.source('tcp://0.0.0.0:0?listen&insecure'))
  await toldPort(wide)
  wide.stop.abort('SIGTERM')
  t.same(await reading, [])
})

t.test('a port that is taken, and one peer too many', async t => {
  const input = surroundings()
  const reading = collect(input.source('tcp://127.0.0.1:0?listen&max-peers=1'))
  const port = await toldPort(input)
  await t.rejects(collect(surroundings().source(`tcp://127.0.0.1:${port}?listen`)), {
    message: /address already in use/,
  })
  const first = connect({ port, host: '127.0.0.1' })
  await once(first, 'connect')
  first.write('{"seq":1}\n')
  await until(() => input.ledger.stage('input').in === 1)
  const second = connect({ port, host: '127.0.0.1' })
  await once(second, 'close')
  t.match(input.warnings, [/refused: 1 peers are connected/])
  input.stop.abort('SIGTERM')
  t.same(seqs(await reading), [1])
  first.destroy()
})

t.test('who breaks out of the loop hangs up', async t => {
  const server = await plainServer()
  const leaving = (async () => {
    for await (const _ of surroundings().source(`tcp://127.0.0.1:${server.port}`)) break
  })()
  const socket = await server.next()
  socket.write('{"seq":1}\n')
  await leaving
  await once(socket.resume(), 'close')
  t.ok(socket.destroyed)
  server.close()
})
