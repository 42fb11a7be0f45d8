// What libzmq itself takes and says where the specification leaves a choice: versions, forms of subscriptions, refusals.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import t from 'tap'
import { command } from '../../src/zmtp/command.ts'
import { commandFrame } from '../../src/zmtp/frame.ts'
import type { Mechanism } from '../../src/zmtp/mechanism.ts'
import type { Message, SocketType } from '../../src/zmtp/message.ts'
import { NULL } from '../../src/zmtp/null.ts'
import { plainClient, plainServer } from '../../src/zmtp/plain.ts'
import type { Received } from '../../src/zmtp/received.ts'
import type { Session } from '../../src/zmtp/session.ts'
import { DEBIAN_PYTHON, noPyzmq } from '../support/python.ts'
import { session } from '../support/zmtp.ts'

interface Teardown {
  teardown(act: () => void): void
}

function python(t: Teardown, lines: readonly string[], ...parameters: readonly string[]) {
  const child = spawn(DEBIAN_PYTHON, [
    '-c',
    ['import sys, time, zmq', 'c = zmq.Context()', ...lines].join('\n'),
    ...parameters,
  ])
  child.stderr.pipe(process.stderr)
  t.teardown(() => child.kill('SIGKILL'))
  return child
}

/** A whole line: what writes without a buffer may write its end apart. */
async function firstLine(child: ChildProcessWithoutNullStreams): Promise<string> {
  for await (const line of createInterface({ input: child.stdout })) return line
  return ''
}

function called(t: Teardown, port: number): Socket {
  const socket = connect(port, '127.0.0.1')
  t.teardown(() => socket.destroy())
  return socket
}

/** Runs a session over a socket, and gives what it received until something is found in it. */
async function until<Found>(
  socket: Socket,
  made: Session,
  find: (received: Received) => Found | undefined,
  options: { readonly minor?: number } = {},
): Promise<Found | undefined> {
  const greeting = Buffer.concat([...made.start()])
  greeting[11] = options.minor ?? 1
  socket.write(greeting)
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    const received = made.push(chunk)
    for (const bytes of [...received.reply, ...made.farewell()]) socket.write(bytes)
    const found = find(received)
    if (found !== undefined) return found
  }
  return undefined
}

const PUBLISHER = [
  's = c.socket(zmq.PUB)',
  "print(s.bind_to_random_port('tcp://127.0.0.1'), flush=True)",
  "while True: s.send_multipart([b'ab', b'cd']); time.sleep(0.02)",
]

const FORMS = [
  { name: 'a command', bytes: commandFrame(command('SUBSCRIBE', Buffer.from('ab'))) },
  { name: 'a message', bytes: Buffer.from('\x00\x03\x01ab', 'latin1') },
  { name: 'a long message', bytes: Buffer.from('\x02\0\0\0\0\0\0\0\x03\x01ab', 'latin1') },
]

t.test('libzmq takes a subscription in either form from either version', { skip: noPyzmq }, async t => {
  const port = Number(await firstLine(python(t, PUBLISHER)))
  for (const minor of [0, 1]) {
    for (const { name, bytes } of FORMS) {
      const sub = session({ type: 'SUB' })
      const socket = called(t, port)
      let asked = false
      const find = ({ messages }: Received): Message | undefined => {
        if (sub.ready && !asked) socket.write(bytes)
        asked = sub.ready !== undefined
        return messages[0]
      }
      t.same(
        await until(socket, sub, find, { minor }),
        [Buffer.from('ab'), Buffer.from('cd')],
        `${name} from 3.${minor}`,
      )
      t.same([sub.ready?.major, sub.ready?.minor, sub.ready?.type], [3, 1, 'PUB'])
    }
  }
})

/** Somebody who listens and takes one connection. */
async function door(t: Teardown) {
  const server = createServer()
  t.teardown(() => server.close())
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address: AddressInfo | string | null = server.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  const socket = once(server, 'connection').then(([socket]): Socket => {
    t.teardown(() => socket.destroy())
    return socket
  })
  return { port: String(port), socket }
}

const SUBSCRIBER = [
  's = c.socket(zmq.SUB)',
  's.heartbeat_ivl = 50',
  "s.setsockopt(zmq.SUBSCRIBE, b'ab')",
  "s.setsockopt(zmq.SUBSCRIBE, b'cd')",
  "s.setsockopt(zmq.UNSUBSCRIBE, b'ab')",
  "s.connect('tcp://127.0.0.1:' + sys.argv[1])",
  'print(s.recv_multipart(), flush=True)',
]

t.test('what libzmq subscribes to is understood, whatever version it takes us for', { skip: noPyzmq }, async t => {
  for (const minor of [0, 1]) {
    const { port, socket } = await door(t)
    const child = python(t, SUBSCRIBER, port)
    const pub = session({ type: 'PUB' })
    const wanted: string[] = []
    const found = until(
      await socket,
      pub,
      ({ subscriptions, reply }) => {
        for (const { subscribe, prefix } of subscriptions) wanted.push(`${subscribe ? '+' : '-'}${prefix}`)
        const isPinged = Buffer.concat([...reply]).includes('PONG')
        return wanted.length > 0 && isPinged ? wanted : undefined
      },
      { minor },
    )
    t.same(await found, ['+cd'], `as 3.${minor}`)
    for (const bytes of pub.encode([[Buffer.from('cd'), Buffer.alloc(0)]])) (await socket).write(bytes)
    t.equal(await firstLine(child), "[b'cd', b'']")
  }
})

const PLAIN_SERVER = [
  'from zmq.auth.thread import ThreadAuthenticator',
  'a = ThreadAuthenticator(c)',
  'a.start()',
  "a.configure_plain(passwords={'ann': 'secret'})",
  's = c.socket(zmq.PUSH)',
  's.plain_server = True',
  "print(s.bind_to_random_port('tcp://127.0.0.1'), flush=True)",
  "s.send(b'hello')",
  'time.sleep(60)',
]

t.test('libzmq refuses a wrong password with an ERROR that is understood', { skip: noPyzmq }, async t => {
  const port = Number(await firstLine(python(t, PLAIN_SERVER)))
  const ask = (password: string) => {
    const pull = session({ type: 'PULL', mechanism: plainClient({ user: 'ann', password }) })
    const find = ({ messages, failure }: Received) => failure?.message ?? messages[0]?.toString()
    return until(called(t, port), pull, find)
  }
  t.equal(await ask('wrong'), 'a peer of PULL: the peer refused: 400: not authenticated')
  t.equal(await ask('secret'), 'hello')
})

const PLAIN_CLIENT = [
  'from zmq.utils.monitor import recv_monitor_message',
  's = c.socket(zmq.PULL)',
  "s.plain_username = b'ann'",
  's.plain_password = sys.argv[2].encode()',
  'm = s.get_monitor_socket()',
  "s.connect('tcp://127.0.0.1:' + sys.argv[1])",
  'while True:',
  '  e = recv_monitor_message(m)',
  "  if 'HANDSHAKE' in e['event'].name: break",
  "print(e['event'].name, flush=True)",
]

// libzmq would call it FAILED_AUTH if ERROR were spelled as it does, against the specification.
t.test('libzmq is let in with the right password alone', { skip: noPyzmq }, async t => {
  const mechanism: Mechanism = plainServer([{ user: 'ann', password: 'secret' }])
  for (const [password, said] of [
    ['wrong', 'HANDSHAKE_FAILED_PROTOCOL'],
    ['secret', 'HANDSHAKE_SUCCEEDED'],
  ]) {
    const { port, socket } = await door(t)
    const child = python(t, PLAIN_CLIENT, port, password ?? '')
    const push = session({ type: 'PUSH', mechanism })
    await until(await socket, push, ({ failure }) => failure ?? (push.ready ? 'ready' : undefined))
    t.equal(await firstLine(child), said)
  }
})

t.test('a type that does not fit ends the connection on both sides', { skip: noPyzmq }, async t => {
  const port = Number(await firstLine(python(t, PUBLISHER)))
  const types: readonly SocketType[] = ['PULL', 'PUB', 'PUSH']
  for (const type of types) {
    const find = ({ failure }: Received) => failure?.message
    const message = await until(called(t, port), session({ type, mechanism: NULL }), find)
    t.match(message, /a peer of the type "PUB", expected/, type)
  }
})
