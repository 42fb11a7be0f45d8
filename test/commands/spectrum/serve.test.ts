// spectrum --serve at the process boundary.

import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import t from 'tap'
import { WebSocket } from 'ws'
import { inputTitle } from '../../../src/commands/spectrum/serve.ts'
import { finish, start } from '../../support/process.ts'

const SPECTRA =
  "sensor-sim -n 20 --seed 1 --interval 20ms --sensor probe='iq?center=98M',name=rx | fft -s 64 -o spectra.daq"

/** A viewer: the notices, the titles of the traces and how many messages have come; each is taken for drawn at once. */
async function look(url: string) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/live`)
  const notices: Record<string, unknown>[] = []
  const titles = new Set<string>()
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    if (!isBinary) {
      notices.push(JSON.parse(data.toString()))
      return
    }
    for (const [, title = ''] of data.toString().matchAll(/"title":"([^"]*)"/g)) titles.add(title)
    socket.send('drawn')
  })
  await once(socket, 'open')
  return { socket, notices, titles, closed: once(socket, 'close') }
}

const urlIn = (text: string) => /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0] ?? ''

t.test('what is shown is passed on, byte by byte; at the end the page is told, and the command ends', async t => {
  const folder = t.testdir({})
  await finish(t, SPECTRA, '', { folder })
  const line = 'spectrum --serve 127.0.0.1:0 >passed.daq && cmp <(repack spectra.daq) passed.daq && echo same'
  const { child, said, ended } = start(t, `(cat spectra.daq; cat) | ${line}`, { folder })
  const url = urlIn(await said('listening on http'))
  const { notices, titles, closed } = await look(url)
  while (titles.size === 0) await new Promise(resolve => setTimeout(resolve, 10))
  child.stdin.end()
  await closed
  t.same([...titles], ['rx'])
  t.match(notices.at(-1), { kind: 'ended', reason: 'the input has ended' })
  const { code, stdout, stderr } = await ended
  t.same([code, stdout], [0, 'same\n'], stderr)
})

t.test('with --stay the page is there until a signal; several inputs are told apart', async t => {
  const folder = t.testdir({})
  await finish(t, `${SPECTRA}; cp spectra.daq other.daq`, '', { folder })
  const { child, said, ended } = start(
    t,
    'exec spectrum --serve 127.0.0.1:0 --stay spectra.daq other.daq >passed.daq',
    { folder },
  )
  const url = urlIn(await said('listening on http'))
  const { notices, titles, closed } = await look(url)
  while (titles.size < 2 || notices.length < 2) await new Promise(resolve => setTimeout(resolve, 10))
  t.same([...titles].sort(), ['other.daq · rx', 'spectra.daq · rx'])
  t.match(notices.at(-1), { kind: 'ended' })
  child.kill('SIGTERM')
  await closed
  t.equal((await ended).code, 0)
})

t.test('an input on demand is open while somebody looks', async t => {
  const joined: Socket[] = []
  const server = createServer(socket => joined.push(socket.on('error', () => {}))).listen(0, '127.0.0.1')
  t.teardown(() => {
    server.close()
    for (const socket of joined) socket.destroy()
  })
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  const { said, child, ended } = start(
    t,
    `exec spectrum --serve 127.0.0.1:0 'tcp://127.0.0.1:${port}?on-demand' >/dev/null`,
  )
  const url = urlIn(await said('listening on http'))
  t.equal(joined.length, 0)
  for (const times of [1, 2]) {
    const { socket } = await look(url)
    while (joined.length < times) await once(server, 'connection')
    const left = once(joined[times - 1] ?? server, 'close')
    joined[times - 1]?.resume()
    socket.close()
    await left
  }
  t.equal(joined.length, 2)
  child.kill('SIGTERM')
  t.equal((await ended).code, 0)
})

t.test('where the input fails the page is told why', async t => {
  const { child, said, ended } = start(t, 'exec spectrum --serve 127.0.0.1:0 --strict >/dev/null')
  const { notices, closed } = await look(urlIn(await said('listening on http')))
  child.stdin.end('{"value":1}\n')
  await closed
  t.match(notices.at(-1), { kind: 'ended', reason: /no spectrum/ })
  t.equal((await ended).code, 1)
})

t.test('a certificate that is none is a mistake of the command line', async t => {
  const folder = t.testdir({ 'a.pem': 'none' })
  const { code, stderr } = await finish(t, "spectrum --serve 'https://127.0.0.1:0?cert=a.pem&key=a.pem'", '', {
    folder,
  })
  t.equal(code, 2)
  t.match(stderr, /a certificate or key is not what it should be/)
})

t.test('what is no spectrum is rejected', async t => {
  const { code, stderr } = await finish(t, 'spectrum --serve 127.0.0.1:0 >/dev/null', '{"value":1}\n')
  t.equal(code, 3)
  t.match(stderr, /no spectrum/)
})

t.test('an input has the shortest name that tells it apart', async t => {
  t.same(['-', 'run/a.daq', 'file:run/a.daq?follow', 'tcp://lab:5000?on-demand', 'unix:/run/x'].map(inputTitle), [
    'stdin',
    'a.daq',
    'a.daq',
    'tcp://lab:5000',
    'unix:/run/x',
  ])
})
