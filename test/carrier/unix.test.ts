// Unix sockets: their files are made, removed, and never taken from somebody who listens.

import { existsSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import t from 'tap'
import { UsageError } from '../../src/errors.ts'
import { packet } from '../../src/packet.ts'
import { collect, numbered, seqs, socketPath, surroundings, until } from '../support/carrier.ts'

t.test('packets go both ways round, and the file is gone afterwards', async t => {
  const path = socketPath(t)
  const input = surroundings()
  const reading = collect(input.source(`unix:${path}?listen&once`))
  const sink = await surroundings().sink(`unix:${path}`)
  await sink.write(numbered(100))
  await sink.close()
  t.same(seqs(await reading), seqs(numbered(100)))
  t.notOk(existsSync(path))
  const output = await surroundings().sink(`unix:${path}?listen&peers=1`)
  const other = collect(surroundings().source(`unix:${path}`))
  await output.write(numbered(3))
  await output.close()
  t.same(seqs(await other), [1, 2, 3])
  t.notOk(existsSync(path))
})

t.test('a stale socket file is replaced, one that is listened on is not, another file is not', async t => {
  const path = socketPath(t)
  const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 9))`
  const { spawnSync } = await import('node:child_process')
  spawnSync(process.execPath, ['-e', script])
  t.ok(existsSync(path), 'a killed process leaves its socket behind')
  const sink = await surroundings().sink(`unix:${path}?listen`)
  await t.rejects(surroundings().sink(`unix:${path}?listen`), { message: /address already in use/ })
  await sink.close()
  writeFileSync(path, 'precious')
  await t.rejects(surroundings().sink(`unix:${path}?listen`), { message: /exists and is no socket/ })
  await t.rejects(surroundings().sink(`unix:${path}.none/s?listen`), { message: /no such folder/ })
  t.ok(existsSync(path))
})

t.test('a socket that is not there yet is waited for', async t => {
  const path = socketPath(t)
  const input = surroundings()
  const reading = collect(input.source(`unix:${path}`))
  await until(() => input.warnings.length > 0)
  const server = createServer(socket => socket.end('{"seq":1}\n')).listen(path)
  t.same(seqs(await reading), [1])
  t.match(input.warnings, [/no such file or directory, trying again/])
  server.close()
})

t.test('a path that the system would cut off is refused', async t => {
  await t.rejects(surroundings().sink(`unix:/tmp/${'x'.repeat(104)}?listen`), UsageError)
  await t.rejects(surroundings().sink('unix:'), UsageError)
})

t.test('who takes nothing does not keep the end waiting where packets may be dropped for it', async t => {
  const path = socketPath(t)
  const output = surroundings({ policy: 'drop-oldest' })
  const sink = await output.sink(`unix:${path}?listen&peers=1`)
  const frozen = connect(path)
  t.teardown(() => frozen.destroy())
  frozen.pause()
  // More than the system takes, and less than makes the output wait.
  await sink.write([packet({ filling: 'x'.repeat(700_000) })])
  await sink.close()
  t.same(output.ledger.report()['output']?.dropped, { 'peer too slow': 1 })
})
