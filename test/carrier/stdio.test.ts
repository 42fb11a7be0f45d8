// stdin and stdout of a real process: pipes, files, readers that leave or stop, signals.

import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import t from 'tap'
import { LOADER, source } from '../support/sources.ts'

const RELAY = [...LOADER, source('test/support/relay.ts')]

interface Relay {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>
  /** Resolves when this word has come on stderr. */
  said(word: string): Promise<void>
  /** The exit code, or the signal. */
  readonly exit: Promise<unknown>
}

function relay(...words: string[]): Relay {
  const child = spawn(process.execPath, [...RELAY, ...words], { stdio: ['pipe', 'pipe', 'pipe'] })
  let heard = ''
  let listen = () => {}
  child.stderr.setEncoding('utf8').on('data', text => {
    heard += text
    listen()
  })
  child.stdin.on('error', () => {})
  const exit = once(child, 'exit').then(([code, signal]) => code ?? signal)
  const said = (word: string) =>
    new Promise<void>(resolve => {
      listen = () => heard.includes(word) && resolve()
      listen()
    })
  return { child, said, exit }
}

async function textOf(stream: Readable): Promise<string> {
  let text = ''
  for await (const chunk of stream.setEncoding('utf8')) text += chunk
  return text
}

t.test('a line is handed on as soon as it has come; EOF ends', async t => {
  const { child, exit } = relay()
  child.stdin.write('{"seq":1}\n')
  const [first] = await once(child.stdout, 'data')
  t.equal(String(first), '{"seq":1}\n')
  child.stdin.end('{"seq":2}\n')
  t.equal(await textOf(child.stdout), '{"seq":2}\n')
  t.equal(await exit, 0)
})

t.test('nothing is lost at the end, however slow the reader', async t => {
  const { child, exit } = relay()
  const text = Array.from({ length: 200_000 }, (_, seq) => `{"seq":${seq}}\n`).join('')
  child.stdin.end(text)
  await once(child.stdout, 'readable')
  t.equal(await textOf(child.stdout), text)
  t.equal(await exit, 0)
})

t.test('a reader that goes away ends it with 141', async t => {
  const { child, exit } = relay()
  child.stdin.write('{"seq":1}\n')
  await once(child.stdout, 'data')
  child.stdout.destroy()
  await once(child.stdout, 'close')
  const feeding = setInterval(() => child.stdin.write('{"seq":2}\n'), 5)
  t.equal(await exit, 141)
  clearInterval(feeding)
})

t.test('a reader that has stopped does not keep signals from being heard', async t => {
  const { child, said, exit } = relay()
  await said('begun')
  child.stdin.write(`{"filling":"${'x'.repeat(4_000_000)}"}\n`)
  await once(child.stdout, 'readable')
  child.kill('SIGUSR1')
  await said('awake')
  child.stdin.end()
  await textOf(child.stdout)
  t.equal(await exit, 0)
})

t.test('INT leaves the end of a pipe to who writes it, TERM ends at once', async t => {
  const interrupted = relay()
  await interrupted.said('begun')
  interrupted.child.kill('SIGINT')
  interrupted.child.stdin.end('{"seq":1}\n')
  t.equal(await textOf(interrupted.child.stdout), '{"seq":1}\n')
  t.equal(await interrupted.exit, 0)
  const terminated = relay()
  await terminated.said('begun')
  terminated.child.kill('SIGTERM')
  t.equal(await terminated.exit, 0)
})

t.test('stdin and stdout may be files', async t => {
  const text = Array.from({ length: 50_000 }, (_, seq) => `{"seq":${seq}}\n`).join('')
  const folder = t.testdir({ in: text })
  const input = openSync(join(folder, 'in'), 'r')
  const output = openSync(join(folder, 'out'), 'w')
  const child = spawn(process.execPath, RELAY, { stdio: [input, output, 'ignore'] })
  const [code] = await once(child, 'exit')
  closeSync(input)
  closeSync(output)
  t.equal(code, 0)
  t.equal(readFileSync(join(folder, 'out'), 'utf8'), text)
})

t.test('stdin is not touched when it was not asked for', async t => {
  const folder = t.testdir({ in: '{"seq":1}\n' })
  const input = openSync(join(folder, 'in'), 'r')
  const child = spawn(process.execPath, [...RELAY, 'null:', '-'], { stdio: [input, 'ignore', 'ignore'] })
  const [code] = await once(child, 'exit')
  t.equal(code, 0)
  t.equal(readFileSync(input, 'utf8'), '{"seq":1}\n', 'the shared position is where it was')
  closeSync(input)
})

t.test('/dev/full: the disk is full, exit 1', async t => {
  const { child, exit } = relay('-', '/dev/full')
  child.stdin.end('{"seq":1}\n')
  t.equal(await exit, 1)
})
