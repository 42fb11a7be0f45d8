// Named pipes: made when missing, waited for without blocking, ended by the last writer.

import { execFileSync } from 'node:child_process'
import { closeSync, constants, openSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { CarrierError } from '../../src/errors.ts'
import { packet } from '../../src/packet.ts'
import { collect, numbered, seqs, surroundings, until } from '../support/carrier.ts'

t.test('packets go through a pipe that neither side had made', async t => {
  const path = join(t.testdir(), 'pipe')
  const reading = collect(surroundings().source(`fifo:${path}`))
  const sink = await surroundings().sink(`fifo:${path}`)
  t.ok(statSync(path).isFIFO())
  await sink.write(numbered(5000))
  await sink.close()
  t.same(seqs(await reading), seqs(numbered(5000)))
})

t.test('the writer may come first, and a plain path to a pipe will do', async t => {
  const path = join(t.testdir(), 'pipe')
  execFileSync('mkfifo', [path])
  const opening = surroundings().sink(path)
  await new Promise(resolve => setImmediate(resolve))
  const reading = collect(surroundings().source(path))
  const sink = await opening
  await sink.write(numbered(2))
  await sink.close()
  t.same(seqs(await reading), [1, 2])
})

t.test('keep: one writer after another, until stopped', async t => {
  const path = join(t.testdir(), 'pipe')
  const input = surroundings()
  const seen: unknown[] = []
  const reading = collect(input.source(`fifo:${path}?keep`), ({ meta }) => seen.push(meta['seq']))
  for (const seq of [1, 2]) {
    const sink = await surroundings().sink(`fifo:${path}`)
    await sink.write(numbered(1, seq))
    await sink.close()
    await until(() => seen.length === seq)
  }
  input.stop.abort('SIGTERM')
  await reading
  t.same(seen, [1, 2])
})

t.test('a reader that leaves is an error; a stop ends the waiting for one', async t => {
  const path = join(t.testdir(), 'pipe')
  const output = surroundings()
  const opening = output.sink(`fifo:${path}`)
  await until(() => statSync(path, { throwIfNoEntry: false }) !== undefined)
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const sink = await opening
  closeSync(reader)
  await t.rejects(async () => sink.write(numbered(1)), { message: /pipe: the reader went away$/ })
  await sink.abort?.()
  const stopped = surroundings()
  const waiting = stopped.sink(`fifo:${path}`)
  stopped.stop.abort('SIGINT')
  await t.rejects(waiting, { message: /stopped before anybody opened it/ })
})

t.test('what is there and is no pipe is left alone', async t => {
  const path = join(t.testdir({ file: 'precious' }), 'file')
  await t.rejects(surroundings().sink(`fifo:${path}`), { message: /exists and is no named pipe/ })
  await t.rejects(collect(surroundings().source(`fifo:${path}`)), CarrierError)
  await t.rejects(surroundings().sink(`fifo:${join(t.testdir(), 'no', 'pipe')}`), { message: /cannot be made/ })
})

t.test('a slow reader makes the writer wait, and no one else', async t => {
  const path = join(t.testdir(), 'pipe')
  const opening = surroundings().sink(`fifo:${path}`)
  await until(() => statSync(path, { throwIfNoEntry: false }) !== undefined)
  const reader = openSync(path, constants.O_RDWR | constants.O_NONBLOCK)
  const sink = await opening
  const large = [packet({ filling: 'x'.repeat(500_000) })]
  let written = 1
  let waiting = sink.write(large)
  while (!waiting) {
    waiting = sink.write(large)
    written++
  }
  t.ok(written >= 2, `${written} packets wait in memory`)
  let turns = 0
  const blocked = await Promise.race([
    waiting,
    (async () => {
      while (turns < 20) {
        await new Promise(resolve => setImmediate(resolve))
        turns++
      }
      return 'blocked'
    })(),
  ])
  t.equal(blocked, 'blocked')
  closeSync(reader)
  await t.rejects(async () => waiting, CarrierError)
  await sink.abort?.()
})
