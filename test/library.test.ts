import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import * as daqutils from '../src/index.ts'

t.test('a program opens a source, runs stages and closes a sink', async t => {
  const folder = t.testdir({ 'in.ndjson': '{"value":1}\n{"value":2}\n{"value":3}\n' })
  const ledger = new daqutils.Ledger()
  const odd: daqutils.Stage = { push: batch => batch.filter(({ meta }) => Number(meta['value']) % 2 === 1) }
  const sink = await daqutils.openSink(join(folder, 'out.ndjson'), { ledger })
  await daqutils.run(daqutils.openSource(join(folder, 'in.ndjson'), { ledger }), [odd], sink)
  await sink.close()
  t.equal(readFileSync(join(folder, 'out.ndjson'), 'utf8'), '{"value":1}\n{"value":3}\n')
  t.same([ledger.stage('input').in, ledger.stage('output').out, ledger.lost], [3, 2, 0])
})

t.test('what cannot be read is an error, unless somebody takes it', async t => {
  const folder = t.testdir({ 'in.ndjson': '{"value":1}\nnot json\n{"value":2}\n' })
  const path = join(folder, 'in.ndjson')
  const drain = async (source: daqutils.Source) => {
    const values: unknown[] = []
    for await (const batch of source) values.push(...batch.map(({ meta }) => meta['value']))
    return values
  }
  await t.rejects(drain(daqutils.openSource(path)), { name: 'DataError', place: { line: 2, offset: 12 } })
  const rejected: daqutils.Reject[] = []
  t.same(await drain(daqutils.openSource([path], { reject: reject => void rejected.push(reject) })), [1, 2])
  t.equal(rejected[0]?.place.line, 2)
})

t.test('a signal ends a source that would wait for ever', async t => {
  const folder = t.testdir({})
  const path = join(folder, 'grows.ndjson')
  writeFileSync(path, '{"value":1}\n')
  const stop = new AbortController()
  const seen: unknown[] = []
  for await (const batch of daqutils.openSource(`${path}?follow`, { signal: stop.signal })) {
    seen.push(...batch.map(({ meta }) => meta['value']))
    stop.abort()
  }
  t.same(seen, [1])
})

t.test('an unknown endpoint is named with what is known', async t => {
  t.throws(() => daqutils.openSource('telepathy:x'), daqutils.UsageError)
  await t.rejects(daqutils.openSink('telepathy:x'), /tcp/)
})

t.test('the parts of a pipeline are in the index', async t => {
  const names = ['run', 'chain', 'openSource', 'openSink', 'packet', 'Ledger', 'readableOf', 'writableOf']
  for (const name of [...names, 'SharedQueue', 'Router', 'Dataset', 'Replica']) {
    t.type(Reflect.get(daqutils, name), 'function', name)
  }
})

t.test('stores join and leave a log while it runs, and are read back', async t => {
  const folder = t.testdir({})
  const ledger = new daqutils.Ledger()
  const log = daqutils.createLog({ ledger })
  const kept = await daqutils.openStore(join(folder, 'all.ndjson'), { ledger })
  const short = daqutils.memoryStore({ ledger })
  log.add(kept)
  log.add(short)
  await log.write([daqutils.packet({ id: 'a', value: 1 })])
  await log.remove(short)
  await log.write([daqutils.packet({ id: 'b', value: 2 })])
  await log.close()
  t.same(
    [...short.packets].map(({ meta }) => meta['id']),
    ['a'],
  )
  const back: unknown[] = []
  for await (const batch of daqutils.readStore(join(folder, 'all.ndjson'))) back.push(...batch.map(item => item.meta))
  t.same(back, [
    { id: 'a', value: 1 },
    { id: 'b', value: 2 },
  ])
  t.throws(() => daqutils.readStore('screen:'), /cannot be read back/)
})

t.test('a Valkyrie writer and reader', async t => {
  const filename_pattern = join(t.testdir({}), 'f_%06d')
  const writer: daqutils.Writer = daqutils.newWriterInterface({ class_name: 'file', filename_pattern })
  await writer.activate()
  writer.write({ some: 'thing' }, Uint32Array.of(1, 2, 3))
  await writer.close()
  const reader: daqutils.Reader = daqutils.newReaderInterface({ class_name: 'file', filename_pattern })
  const seen: daqutils.Packet[] = []
  for await (const packet of reader) seen.push(packet)
  t.same(
    seen.map(({ meta, data }) => [meta, Buffer.from(data).toString('hex')]),
    [[{ some: 'thing' }, '010000000200000003000000']],
  )
})
