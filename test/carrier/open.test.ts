// Endpoints to sources and sinks: which format, which order of ends, and what is counted.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openSink, openSource } from '../../src/carrier/open.ts'
import { Parts } from '../../src/codec/parts.ts'
import { UsageError } from '../../src/errors.ts'
import { NO_DATA, packet } from '../../src/packet.ts'
import { run } from '../../src/stream/run.ts'
import { collect, numbered, surroundings } from '../support/carrier.ts'

const FRAME_START = 0xf7

async function written(endpoint: string, to = 'auto', data = new Uint8Array(0)): Promise<Buffer> {
  const { context } = surroundings()
  const sink = await openSink([endpoint], { to, context, reject: () => {} })
  await sink.write([packet({ seq: 1 }, data)])
  await sink.close()
  return readFileSync(endpoint)
}

t.test('output: the name told, the file ending, or what the first packet is', async t => {
  const folder = t.testdir()
  const bytes = new Uint8Array(3)
  t.equal((await written(join(folder, 'plain')))[0], '{'.charCodeAt(0))
  t.equal((await written(join(folder, 'plain'), 'auto', bytes))[0], FRAME_START)
  t.equal((await written(join(folder, 'a.frame')))[0], FRAME_START)
  t.equal((await written(join(folder, 'a.ndjson'), 'auto', bytes))[0], '{'.charCodeAt(0))
  t.equal((await written(join(folder, 'a.ndjson'), 'frame'))[0], FRAME_START)
  const place = surroundings()
  const sink = await place.sink(join(folder, 'parts'))
  await sink.write([new Parts(Buffer.from('{"start":1}'), NO_DATA, { source: 'peer' })])
  await sink.close()
  t.equal(readFileSync(join(folder, 'parts'))[0], FRAME_START, 'a message without data may be followed by one with')
})

t.test('input: frames and lines are told by the first byte, and stay what they are', async t => {
  const folder = t.testdir({ lines: '{"seq":1}\n' })
  await written(join(folder, 'frames'), 'frame')
  for (const [name, first] of [
    ['frames', FRAME_START],
    ['lines', '{'.charCodeAt(0)],
  ] as const) {
    const place = surroundings()
    const sink = await place.sink(join(folder, 'out'))
    await run(place.source(join(folder, name)), [], sink)
    await sink.close()
    t.equal(readFileSync(join(folder, 'out'))[0], first, name)
    t.same(readFileSync(join(folder, 'out')), readFileSync(join(folder, name)))
  }
})

t.test('unknown formats, schemes and parameters are refused before anything is opened', async t => {
  const { context, source, sink } = surroundings()
  const reject = () => {}
  t.throws(() => openSource(['-'], { from: 'morse', context, reject }), UsageError)
  await t.rejects(openSink(['-'], { to: 'morse', context, reject }), UsageError)
  t.throws(() => source('null:', 'gopher://host'), UsageError)
  await t.rejects(sink('null:?loud'), UsageError)
})

t.test('null: ends at once and takes everything', async t => {
  const place = surroundings()
  t.same(await collect(place.source('null:')), [])
  const sink = await place.sink('null:')
  await sink.write(numbered(10))
  await sink.close()
  t.equal(place.ledger.report()['output']?.out, 10)
})

t.test('a tee writes the same to each', async t => {
  const folder = t.testdir()
  const place = surroundings()
  const paths = ['a', 'b', 'c'].map(name => join(folder, name))
  const sink = await place.sink(...paths)
  await sink.write(numbered(1000))
  await sink.close()
  for (const path of paths) t.equal(readFileSync(path, 'utf8').split('\n').length, 1001)
})

t.test('a stop ends every input as if it had ended', async t => {
  const folder = t.testdir()
  writeFileSync(join(folder, 'log'), '{"seq":1}\n')
  const place = surroundings()
  const seen = await collect(place.source(`${join(folder, 'log')}?follow`, 'tcp://127.0.0.1:0?listen'), () =>
    place.stop.abort('SIGINT'),
  )
  t.equal(seen.length, 1)
})
