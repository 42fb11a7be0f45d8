// Acknowledged links: nothing lost, nothing twice, never more than N under way, over any number of breaks.

import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import t from 'tap'
import { ackedOf, ackLine, ControlLines, helloLine, helloOf } from '../../src/carrier/ack.ts'
import { UsageError } from '../../src/errors.ts'
import { type Batch, packet } from '../../src/packet.ts'
import { run } from '../../src/stream/run.ts'
import type { Sink } from '../../src/stream/step.ts'
import { collect, numbered, seqs, socketPath, surroundings, until } from '../support/carrier.ts'

interface Proxy {
  readonly port: number
  /** The most packets that were between a hello and the acknowledgements, at any time. */
  mostInFlight: number
  cuts: number
  close(): void
}

/** Between the two sides: counts what is unacknowledged, and cuts each of the first connections after some packets. */
async function proxyTo(path: string, cutAfter: readonly number[]): Promise<Proxy> {
  const cuts = [...cutAfter]
  const proxy: Proxy = { port: 0, mostInFlight: 0, cuts: 0, close: () => server.close() }
  const server = createServer(sender => {
    const receiver = connect({ path })
    const limit = cuts.shift()
    const up = new ControlLines()
    const down = new ControlLines()
    let sent = -1
    let acked = 0
    sender.on('data', bytes => {
      up.push(bytes)
      while (up.take() !== undefined) sent++
      proxy.mostInFlight = Math.max(proxy.mostInFlight, sent - acked)
      receiver.write(bytes)
      if (limit !== undefined && sent >= limit) cut()
    })
    receiver.on('data', bytes => {
      down.push(bytes)
      for (let line = down.take(); line !== undefined; line = down.take()) acked = ackedOf(line) ?? acked
      sender.write(bytes)
    })
    const cut = () => {
      if (sender.destroyed) return
      proxy.cuts++
      sender.resetAndDestroy()
      receiver.destroy()
    }
    sender.on('end', () => receiver.end())
    receiver.on('end', () => sender.end())
    sender.on('error', () => receiver.destroy())
    receiver.on('error', () => sender.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address: AddressInfo | string | null = server.address()
  return Object.assign(proxy, { port: address && typeof address === 'object' ? address.port : 0 })
}

/** Takes its time to make packets durable. */
function slowStore() {
  const stored: Batch[number][] = []
  const sink: Sink = {
    write: batch => void stored.push(...batch),
    commit: () => new Promise(resolve => setImmediate(resolve)),
    async close() {},
  }
  return { sink, stored }
}

for (const most of [1, 5, 1000]) {
  t.test(`ten cuts with ack=${most}: all arrive, in order, none twice`, async t => {
    const TOTAL = 2000
    const path = socketPath(t)
    const input = surroundings()
    const store = slowStore()
    const reading = run(input.source(`unix:${path}?listen&once&ack=${most}`), [], store.sink)
    const proxy = await proxyTo(
      path,
      Array.from({ length: 10 }, (_, index) => 20 + index * 17),
    )
    const output = surroundings()
    const sink = await output.sink(`tcp://127.0.0.1:${proxy.port}?ack=${most}`)
    for (let from = 1; from <= TOTAL; from += 100) await sink.write(numbered(100, from))
    await sink.close()
    await reading
    proxy.close()
    t.same(seqs(store.stored), seqs(numbered(TOTAL)))
    t.equal(new Set(store.stored.map(({ meta }) => meta['id'])).size, TOTAL)
    t.equal(proxy.cuts, 10)
    t.ok(proxy.mostInFlight <= most, `${proxy.mostInFlight} in flight`)
    t.ok(proxy.mostInFlight > most / 2, `${proxy.mostInFlight} in flight`)
    t.equal(input.rejects.length, 0)
    t.equal(output.ledger.lost, 0)
  })
}

/** A receiver by hand. */
async function receiverByHand() {
  const sockets: Socket[] = []
  const server = createServer(socket => {
    socket.on('error', () => {})
    sockets.push(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address: AddressInfo | string | null = server.address()
  const lines: string[] = []
  const next = async () => {
    await until(() => sockets.length > 0)
    const socket = sockets.shift()
    if (!socket) throw new Error('no connection')
    const control = new ControlLines()
    socket.on('data', bytes => {
      control.push(bytes)
      for (let line = control.take(); line !== undefined; line = control.take()) lines.push(line)
    })
    return socket
  }
  return { port: address && typeof address === 'object' ? address.port : 0, next, lines, close: () => server.close() }
}

t.test('what is unacknowledged is sent again after a break, in order, with the same ids', async t => {
  const receiver = await receiverByHand()
  const { sink, warnings } = surroundings()
  const sending = await sink(`tcp://127.0.0.1:${receiver.port}?ack=3`)
  const first = await receiver.next()
  const writing = sending.write(numbered(5))
  await until(() => receiver.lines.length === 4)
  const hello = helloOf(receiver.lines.shift() ?? '')
  t.equal(hello?.ack, 3)
  const sent = receiver.lines.splice(0)
  first.write(ackLine(1))
  await until(() => receiver.lines.length === 1)
  const fourth = receiver.lines.splice(0)
  first.resetAndDestroy()
  const second = await receiver.next()
  await until(() => receiver.lines.length === 4)
  t.same(helloOf(receiver.lines.shift() ?? ''), hello)
  t.same(receiver.lines.splice(0), [...sent.slice(1), ...fourth])
  second.write(ackLine(3))
  await until(() => receiver.lines.length === 1)
  await writing
  const closing = sending.close()
  second.write(ackLine(4))
  await until(() => receiver.lines.length === 2)
  t.equal(JSON.parse(receiver.lines[1] ?? '').goodbye, hello?.sender)
  second.write(ackLine(5))
  await closing
  t.match(warnings, [/connection reset by peer; 3 packets are unacknowledged/])
  second.destroy()
  receiver.close()
})

t.test(
  'close waits for the last acknowledgement, and names what is unacknowledged when the link stays dead',
  async t => {
    const receiver = await receiverByHand()
    const { sink } = surroundings()
    const sending = await sink(`tcp://127.0.0.1:${receiver.port}?ack=10&wait=50ms`)
    const socket = await receiver.next()
    await sending.write(numbered(7))
    await until(() => receiver.lines.length === 8)
    socket.write(ackLine(2))
    receiver.close()
    const failed = t.rejects(sending.close(), { name: 'CarrierError', message: /5 packets are unacknowledged$/ })
    socket.resetAndDestroy()
    await failed
  },
)

t.test('a receiver that answers nonsense is dropped, and one that acknowledges too much', async t => {
  for (const nonsense of ['{"seq":1}\n', '{"ack":99}\n', 'x'.repeat(5000)]) {
    const receiver = await receiverByHand()
    const { sink, warnings } = surroundings()
    const sending = await sink(`tcp://127.0.0.1:${receiver.port}?ack=2`)
    const socket = await receiver.next()
    socket.write(nonsense)
    await once(socket, 'close')
    await until(() => warnings.length > 0)
    t.match(warnings[0], /expected an acknowledgement/)
    await sending.abort?.()
    receiver.close()
  }
})

t.test('a packet without an id gets one, one with an id keeps it', async t => {
  const receiver = await receiverByHand()
  const sending = await surroundings().sink(`tcp://127.0.0.1:${receiver.port}?ack=5`)
  const socket = await receiver.next()
  await sending.write([packet({ id: 'mine' }), packet({ seq: 1 })])
  await until(() => receiver.lines.length === 3)
  t.same(JSON.parse(receiver.lines[1] ?? ''), { id: 'mine' })
  t.match(JSON.parse(receiver.lines[2] ?? '').id, /^[0-9a-f-]{36}$/)
  await sending.abort?.()
  await once(socket, 'close')
  receiver.close()
})

/** A sender by hand, to a listening input. */
async function senderByHand(path: string) {
  const socket = connect({ path })
  await once(socket, 'connect')
  const replies: number[] = []
  const control = new ControlLines()
  socket.on('data', bytes => {
    control.push(bytes)
    for (let line = control.take(); line !== undefined; line = control.take()) replies.push(ackedOf(line) ?? -1)
  })
  return { socket, replies }
}

t.test('the receiver acknowledges after the commit, also what came twice and what could not be read', async t => {
  const path = socketPath(t)
  const input = surroundings()
  const stored: unknown[] = []
  const commits: (() => void)[] = []
  const sink: Sink = {
    write: batch => void stored.push(...batch.map(({ meta }) => meta['id'])),
    commit: () => new Promise<void>(resolve => commits.push(resolve)),
    async close() {},
  }
  const running = run(input.source(`unix:${path}?listen&ack=5`), [], sink)
  const commit = async () => {
    await until(() => commits.length > 0)
    commits.shift()?.()
  }
  await new Promise(resolve => setImmediate(resolve))
  const { socket, replies } = await senderByHand(path)
  socket.write(helloLine({ ack: 5, sender: 's' }))
  await until(() => replies.length === 1)
  socket.write('{"id":"a"}\n{"id":"b"}\n')
  await until(() => commits.length === 1)
  t.same(replies, [0])
  await commit()
  await until(() => replies.length === 2)
  socket.write('{"id":"b"}\n')
  await commit()
  await until(() => replies.length === 3)
  socket.write('{"id":"c"}\nnonsense\n')
  await until(() => commits.length === 1)
  await new Promise(resolve => setImmediate(resolve))
  t.same(replies, [0, 2, 3])
  await commit()
  await until(() => replies.length === 4)
  socket.write('nonsense\n')
  await until(() => replies.length === 5)
  t.same(replies, [0, 2, 3, 5, 6])
  t.same(stored, ['a', 'b', 'c'])
  t.equal(input.ledger.report()['input']?.duplicate, 1)
  socket.write('{"id":"d"}\n')
  await until(() => commits.length === 1)
  const ended = once(socket, 'end')
  input.stop.abort('SIGTERM')
  await commit()
  await ended
  t.equal(replies.at(-1), 7, 'what was on its way at the stop is acknowledged')
  await running
})

t.test('another sender may use the same ids, and one that says no hello is refused', async t => {
  const path = socketPath(t)
  const input = surroundings()
  const seen: unknown[] = []
  const reading = collect(input.source(`unix:${path}?listen&ack=5`), ({ meta }) => seen.push(meta['id']))
  await new Promise(resolve => setImmediate(resolve))
  for (const sender of ['one', 'other']) {
    const { socket } = await senderByHand(path)
    socket.end(Buffer.concat([helloLine({ ack: 5, sender }), Buffer.from('{"id":"a"}\n')]))
    await once(socket, 'close')
  }
  t.same(seen, ['a', 'a'])
  const { socket } = await senderByHand(path)
  socket.write('{"seq":1}\n')
  await once(socket, 'close')
  t.ok(input.warnings.some(text => text.includes('does not ask for acknowledgement')))
  input.stop.abort('SIGTERM')
  await reading
})

t.test('the sides may change places: a listening sender, a connecting receiver that comes again', async t => {
  const path = socketPath(t)
  const output = surroundings()
  const sink = await output.sink(`unix:${path}?listen&ack=5`)
  const writing = (async () => {
    await sink.write(numbered(100))
    await sink.close()
  })()
  const first = surroundings()
  const seen: unknown[] = []
  await collect(first.source(`unix:${path}?ack=5`), ({ meta }) => {
    seen.push(meta['seq'])
    if (seen.length === 20) first.stop.abort('SIGTERM')
  })
  const rest = await collect(surroundings().source(`unix:${path}?ack=5`))
  await writing
  t.same([...new Set([...seen, ...seqs(rest)])], seqs(numbered(100)))
})

t.test(
  'a sender nobody connects to gives up where wait says, or soon after a stop, and says what it holds',
  async t => {
    const waiting = await surroundings().sink(`unix:${socketPath(t)}?listen&ack=5&wait=50ms`)
    await waiting.write(numbered(3))
    await t.rejects(Promise.resolve(waiting.commit?.()), {
      name: 'CarrierError',
      message: /no connection for 50ms; 3 packets are unacknowledged$/,
    })
    await waiting.abort?.()

    const stopped = surroundings()
    const sink = await stopped.sink(`unix:${socketPath(t)}?listen&ack=5&wait=200ms`)
    await sink.write(numbered(1))
    stopped.stop.abort('SIGTERM')
    await t.rejects(Promise.resolve(sink.commit?.()), {
      message: /stopped, and there is no connection; 1 packet is unacknowledged$/,
    })
    await sink.abort?.()
  },
)

t.test('commit waits for the receiver, so that acknowledgements pass through a chain', async t => {
  const receiver = await receiverByHand()
  const sending = await surroundings().sink(`tcp://127.0.0.1:${receiver.port}?ack=5`)
  const socket = await receiver.next()
  await sending.write(numbered(2))
  let committed = false
  const committing = Promise.resolve(sending.commit?.()).then(() => {
    committed = true
  })
  await until(() => receiver.lines.length === 3)
  t.notOk(committed)
  socket.write(ackLine(2))
  await committing
  await sending.abort?.()
  await once(socket, 'close')
  receiver.close()
})

t.test('N is a number of packets', async t => {
  for (const ack of ['0', 'many', '-1', '1e9']) {
    await t.rejects(surroundings().sink(`tcp://127.0.0.1:1?ack=${ack}`), UsageError)
  }
})
