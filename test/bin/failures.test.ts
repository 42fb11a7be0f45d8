// What fails around a real process: time runs out, disks fill up, servers are missing.

import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { finish, start } from '../support/process.ts'

const MANY = `seq -f '{"a":%.0f}' 1 100000`

t.setTimeout(120_000)

t.test('a timeout gives up with 124, and what came before has arrived', async t => {
  const { child, ended } = start(t, 'repack --timeout 500ms')
  child.stdin.write('{"a":1}\n')
  t.match(await ended, { code: 124, stdout: '{"a":1}\n', stderr: 'repack: timed out after 500ms\n' })
})

t.test('silence gives up with 124, also when nothing came at all', async t => {
  const { child, ended } = start(t, 'repack --idle-timeout 300ms')
  child.stdin.write('{"a":1}\n')
  t.match(await ended, { code: 124, stdout: '{"a":1}\n', stderr: 'repack: nothing came for 300ms\n' })
  const silent = start(t, 'repack --idle-timeout 300ms')
  t.match(await silent.ended, { code: 124, stdout: '', stderr: 'repack: nothing came for 300ms\n' })
})

t.test('a timeout ends a writer whose reader has stopped', async t => {
  const { child } = start(t, `exec repack --timeout 300ms < <(yes '{"a":1}')`)
  child.stdout.pause()
  const [code] = await once(child, 'exit')
  t.equal(code, 124)
})

t.test('a duration is a good end', async t => {
  const { child, ended } = start(t, 'repack --duration 300ms')
  child.stdin.write('{"a":1}\n')
  t.match(await ended, { code: 0, stdout: '{"a":1}\n', stderr: '' })
})

t.test('a full disk is said in words, with where', async t => {
  t.match(await finish(t, `${MANY} | repack >/dev/full`), {
    code: 1,
    stderr: 'repack: stdout: no space left on device\n',
  })
  const named = await finish(t, `${MANY} | repack -o /dev/full`)
  t.equal(named.code, 1)
  t.match(named.stderr, /^repack: .*\/dev\/full: no space left on device\n$/)
})

t.test('a file that may not grow leaves no half-written file under its name', async t => {
  const folder = t.testdir({ 'whole.ndjson': '{"old":true}\n' })
  const { code, stderr } = await finish(t, `ulimit -f 64; ${MANY} | repack -o whole.ndjson`, '', { folder })
  t.equal(code, 1)
  t.match(stderr, /^repack: .*whole\.ndjson: file too large\n$/m)
  t.equal(readFileSync(join(folder, 'whole.ndjson'), 'utf8'), '{"old":true}\n')
})

t.test('a file system that fills up keeps the records that were appended, whole', async t => {
  const folder = t.testdir({})
  const line = `ulimit -f 64; ${MANY} | repack -o "log.ndjson?append"`
  const { code, stderr } = await finish(t, line, '', { folder })
  t.equal(code, 1)
  t.match(stderr, 'file too large')
  const lines = readFileSync(join(folder, 'log.ndjson'), 'utf8').split('\n')
  t.ok(lines.length > 1000)
  for (const [index, text] of lines.slice(0, -1).entries())
    if (text !== `{"a":${index + 1}}`) t.fail(`line ${index + 1}: ${text}`)
})

t.test('a server that is not there is named in words', async t => {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  const address = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  const line = `repack -i tcp://127.0.0.1:${address.port} --timeout 1s`
  const { code, stderr } = await finish(t, line)
  t.equal(code, 124)
  t.match(stderr, `tcp://127.0.0.1:${address.port}`)
  t.match(stderr, 'connection refused')
  t.notMatch(stderr, 'ECONNREFUSED')
})

t.test('a rejected record and a failing disk: the failure weighs more', async t => {
  t.match(await finish(t, `{ echo bad; ${MANY}; } | repack >/dev/full`), { code: 1 })
})

t.test('an output that fails does not keep a new file for half of the input', async t => {
  const folder = t.testdir({})
  await finish(t, `ulimit -f 64; ${MANY} | repack -o new.ndjson`, '', { folder })
  t.notOk(existsSync(join(folder, 'new.ndjson')))
})

t.test('a failed run leaves the old file as it was, and makes no new one', async t => {
  const folder = t.testdir({ 'old.ndjson': '{"old":true}\n' })
  const runs = [
    `printf '{"a":1}\\nbad\\n' | repack --strict -o old.ndjson -o new.ndjson`,
    'repack -i none -o old.ndjson -o new.ndjson',
    'repack -i gopher:none -o old.ndjson -o new.ndjson',
  ]
  const codes = []
  for (const line of runs) codes.push((await finish(t, line, '', { folder })).code)
  t.same(codes, [1, 1, 2])
  t.equal(readFileSync(join(folder, 'old.ndjson'), 'utf8'), '{"old":true}\n')
  t.notOk(existsSync(join(folder, 'new.ndjson')))
})
