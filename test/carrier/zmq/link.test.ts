// Connections that fall silent: who asks for signs of life, who answers, who is left.

import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { openReceiver } from '../../../src/carrier/zmq/receiver.ts'
import { parseEndpoint } from '../../../src/url.ts'
import { NULL } from '../../../src/zmtp/null.ts'
import { Session } from '../../../src/zmtp/session.ts'
import { surroundings, until } from '../../support/carrier.ts'
import { placeOf } from '../../support/zmq.ts'
import { buildPeer, noLibzmq, startPeer } from '../../support/zmq-peer.ts'

interface Pusher {
  readonly socket: Socket
  readonly session: Session
  answers: boolean
}

/** A peer that says what the test lets it; `greeting` may change what it says first. */
async function pushers(t: Test, greeting: (bytes: Buffer) => Buffer = bytes => bytes) {
  const all: Pusher[] = []
  const server: Server = createServer(socket => {
    socket.on('error', () => {})
    const session = new Session({ type: 'PUSH', mechanism: NULL, maxMessage: 1000, place: 'test' })
    const pusher = { socket, session, answers: true }
    all.push(pusher)
    socket.write(greeting(Buffer.concat(session.start())))
    socket.on('data', chunk => {
      for (const reply of session.push(chunk).reply) if (pusher.answers) socket.write(reply)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    for (const { socket } of all) socket.destroy()
  })
  const address: AddressInfo | string | null = server.address()
  return { all, port: address && typeof address === 'object' ? address.port : 0 }
}

async function puller(t: Test, rest: string) {
  const place = surroundings()
  const source = await openReceiver(parseEndpoint(`zmq+pull:${rest}`), place.context, {
    type: 'PULL',
    reject: () => {},
  })
  t.teardown(() => source.return())
  return { source, warnings: place.warnings }
}

t.test('a peer that answers is kept, one that falls silent is left and found again', async t => {
  const { all, port } = await pushers(t)
  const { warnings } = await puller(t, `//127.0.0.1:${port}?heartbeat=30ms`)
  await until(() => all.length === 1 && (all[0]?.socket.bytesRead ?? 0) > 300)
  t.same(warnings, [], 'questions were asked and answered')
  const [first] = all
  if (first) first.answers = false
  await until(() => all.length === 2)
  t.match(warnings, [/no sign of life for 30ms, connecting again$/])
})

t.test('a peer of ZMTP 3.0 need not know the question', async t => {
  const { all, port } = await pushers(t, bytes => {
    bytes[11] = 0
    return bytes
  })
  const { source, warnings } = await puller(t, `//127.0.0.1:${port}?heartbeat=10ms`)
  await until(() => all[0]?.session.ready !== undefined)
  await new Promise(resolve => setTimeout(resolve, 100))
  all[0]?.socket.write(Buffer.concat(all[0].session.encode([[Buffer.from('{}'), Buffer.from('x')]])))
  t.equal((await source.next()).value?.length, 1)
  t.same(warnings, [])
})

t.test('a peer that says how long it can live in silence is taken at its word', async t => {
  const { all, port } = await pushers(t)
  const { warnings } = await puller(t, `//127.0.0.1:${port}`)
  await until(() => all[0]?.session.ready !== undefined)
  const [peer] = all
  for (const ping of peer?.session.ping(100, Buffer.alloc(0)) ?? []) peer?.socket.write(ping)
  const begun = performance.now()
  await until(() => all.length === 2)
  t.ok(performance.now() - begun >= 90)
  t.match(warnings, [/no sign of life for 100ms, connecting again$/])
})

t.test('a reader that holds a peer up does not take its silence for death', async t => {
  const { all, port } = await pushers(t)
  const { source, warnings } = await puller(t, `//127.0.0.1:${port}?heartbeat=20ms`)
  await until(() => all[0]?.session.ready !== undefined)
  const [peer] = all
  peer?.socket.write(Buffer.concat(peer.session.encode([[Buffer.from('{"n":1}'), Buffer.alloc(0)]])))
  await until(() => (peer?.socket.bytesRead ?? 0) > 100)
  await new Promise(resolve => setTimeout(resolve, 200))
  t.same(warnings, [])
  t.same((await source.next()).value?.[0]?.meta, { n: 1 })
  t.equal(all.length, 1)
})

const program = noLibzmq ? undefined : buildPeer(t)
t.test('libzmq asks, and is answered', { skip: noLibzmq }, async t => {
  const place = await placeOf(t, 'tcp')
  const { source, warnings } = await puller(t, `${place.ours}?listen&heartbeat=100ms`)
  const peer = await startPeer(t, { kind: 'libzmq', program }, 'PUSH', 'connect', place.theirs, 'heartbeat=100')
  await peer.send(1)
  t.equal((await source.next()).value?.length, 1)
  await new Promise(resolve => setTimeout(resolve, 300))
  await peer.send(1)
  t.equal((await source.next()).value?.length, 1)
  t.same(warnings, [])
  t.equal(Object.keys(source.peers()).length, 1, 'over one connection')
})
