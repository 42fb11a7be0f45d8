// The user's side of SCPI: order, patience, and failures that are told to all who ask.

import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { ScpiClient } from '../../src/instrument/scpi-client.ts'

/** An instrument that does with each line what the test says; gives its port and the lines it has heard. */
async function instrument(t: Test, hear: (line: string, socket: Socket) => void) {
  const heard: string[] = []
  const server = createServer(socket => {
    socket.setEncoding('utf8').on('error', () => {})
    socket.on('data', (text: string) => {
      for (const line of text.trimEnd().split('\n')) {
        heard.push(line)
        hear(line, socket)
      }
    })
    t.teardown(() => socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const address = server.address()
  const port = address && typeof address === 'object' ? address.port : 0
  const stop = new AbortController().signal
  const client = await ScpiClient.open({ host: '127.0.0.1', port, stop, warn() {}, patience: 300 })
  if (!client) throw new Error('not connected')
  t.teardown(() => client.close())
  return { client, heard }
}

t.test('one question at a time, and commands wait behind it', async t => {
  const answers: (() => void)[] = []
  const { client, heard } = await instrument(t, (line, socket) => {
    if (line.endsWith('?')) answers.push(() => socket.write(`${line} yes\n`))
  })
  const first = client.ask('a?')
  const set = client.set('b 1')
  const second = client.ask('c?')
  while (answers.length === 0) await new Promise(setImmediate)
  t.same(heard, ['a?'], 'nothing follows a question before its answer')
  answers.shift()?.()
  t.equal(await first, 'a? yes')
  await set
  while (answers.length === 0) await new Promise(setImmediate)
  t.same(heard, ['a?', 'b 1', 'c?'])
  answers.shift()?.()
  t.equal(await second, 'c? yes')
})

t.test('a block is an answer, but no text', async t => {
  const { client } = await instrument(t, (_, socket) => socket.write('#13\n\n\n\n'))
  t.equal((await client.query('data?')).toString('hex' as 'utf8'), '0a0a0a')
  await t.rejects(client.ask('data?'), /a block of 3 bytes, expected text/)
})

t.test('silence is given up, and nobody gets the answer of another', async t => {
  const { client } = await instrument(t, () => {})
  const first = t.rejects(client.ask('a?'), /no answer to 'a\?' for 300ms/)
  const second = t.rejects(client.ask('b?'), /no answer to 'a\?'/)
  await Promise.all([first, second])
  await t.rejects(client.set('c'), /no answer/)
})

t.test('an instrument that hangs up, and one that is not there', async t => {
  const { client } = await instrument(t, (_, socket) => socket.end())
  await t.rejects(client.ask('a?'), /closed the connection/)
  const stop = new AbortController().signal
  const nobody = ScpiClient.open({ host: '127.0.0.1', port: 1, stop, warn() {}, patience: 100 })
  await t.rejects(nobody, /scpi:\/\/127\.0\.0\.1:1: connection refused/)
})

t.test('what stands for an answer and is none', async t => {
  const { client } = await instrument(t, (_, socket) => socket.write('#0\n'))
  await t.rejects(client.ask('a?'), /a block of 0 digits/)
})
