// Connecting to peers that do not want to be connected to: ever more slowly, and with few words.

import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { openReceiver } from '../../../src/carrier/zmq/receiver.ts'
import { parseEndpoint } from '../../../src/url.ts'
import { NULL } from '../../../src/zmtp/null.ts'
import { Session } from '../../../src/zmtp/session.ts'
import { surroundings, until } from '../../support/carrier.ts'

async function serverOf(t: Test, onSocket: (socket: Socket) => void): Promise<number> {
  const server = createServer(socket => {
    socket.on('error', () => {})
    onSocket(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const address: AddressInfo | string | null = server.address()
  return address && typeof address === 'object' ? address.port : 0
}

async function puller(t: Test, port: number) {
  const place = surroundings()
  const endpoint = parseEndpoint(`zmq+pull://127.0.0.1:${port}`)
  const source = await openReceiver(endpoint, place.context, { type: 'PULL', reject: () => {} })
  t.teardown(() => source.return())
  return place
}

t.test('a peer that hangs up before the handshake is told of once', async t => {
  const times: number[] = []
  const port = await serverOf(t, socket => {
    times.push(performance.now())
    socket.destroy()
  })
  const { warnings } = await puller(t, port)
  await until(() => times.length === 6)
  t.match(warnings, [/before its handshake was done, connecting again$/])
})

t.test('so is one that hangs up after it, and one that talks of something else', async t => {
  let count = 0
  const port = await serverOf(t, socket => {
    count++
    const session = new Session({ type: 'PUSH', mechanism: NULL, maxMessage: 1000, place: 'test' })
    for (const bytes of session.start()) socket.write(bytes)
    socket.on('data', chunk => {
      for (const bytes of session.push(chunk).reply) socket.write(bytes)
      if (session.ready) socket.end()
    })
  })
  const { warnings } = await puller(t, port)
  await until(() => count === 5)
  t.match(warnings, [/the peer went away, connecting again$/])

  let greeted = 0
  const other = await serverOf(t, socket => {
    greeted++
    socket.end('220 mail.example.org ESMTP ready, what is it that you want to send today? Say HELO first.\r\n')
  })
  const second = await puller(t, other)
  await until(() => greeted === 5)
  t.match(second.warnings, [/greeting.*, connecting again$/])
})
