import { join } from 'node:path'
import t from 'tap'
import { packet } from '../../src/packet.ts'
import { settingsOf } from '../../src/valkyrie/config.ts'
import type { ValkyrieConfig } from '../../src/valkyrie/config-keys.ts'
import { openReader, openWriter } from '../../src/valkyrie/link.ts'
import { collect, numbered, seqs, surroundings, until } from '../support/carrier.ts'

function link(config: ValkyrieConfig) {
  const around = surroundings()
  const { context } = around
  const reject = () => {
    throw new Error('rejected')
  }
  return {
    ...around,
    writer: () => openWriter(settingsOf(config, 'writer'), { context, reject }),
    reader: () => openReader(settingsOf(config, 'reader'), { context, reject }),
  }
}

t.test('what a class has written it reads, whatever is in the name, and both are counted', async t => {
  for (const name of ['f_%d', 'frames.daq', 'what?100%%.daq', 'what?%%_%d']) {
    const { writer, reader, ledger } = link({ class_name: 'file', filename_pattern: join(t.testdir({}), name) })
    const sink = await writer()
    await sink.write(numbered(3))
    await sink.close()
    t.same(seqs(await collect(reader())), [1, 2, 3], name)
    t.same([ledger.stage('output').out, ledger.stage('input').in], [3, 3], name)
  }
})

t.test('a file of frames is added to, and followed', async t => {
  const filename_pattern = join(t.testdir({}), 'frames.daq')
  const first = link({ class_name: 'file', filename_pattern, policy: 'latest' })
  const sink = await first.writer()
  await sink.write(numbered(100))
  const { reader, stop } = link({ class_name: 'file', filename_pattern, follow: true })
  const seen: unknown[] = []
  const reading = collect(reader(), ({ meta }) => seen.push(meta['seq']))
  await until(() => seen.length === 100)
  await sink.close()
  const again = await first.writer()
  await again.write([packet({ seq: 101 })])
  await until(() => seen.length === 101)
  stop.abort()
  await reading
  t.equal(seen.at(-1), 101)
  t.equal(first.ledger.lost, 0)
  await again.close()
})

t.test('the dummy takes all and gives nothing', async t => {
  const { writer, reader, ledger } = link({ class_name: 'dummy' })
  const sink = await writer()
  await sink.write(numbered(5))
  await sink.close()
  t.equal(ledger.stage('output').out, 5)
  t.same(await collect(reader()), [])
})

t.test('over the wire it is the carrier that opens', async t => {
  const { writer, reader } = link({ class_name: 'zmq_pubsub', endpoint: 'tcp://0.0.0.0:0', parts: 'meta,nonsense' })
  await t.rejects(writer(), { name: 'UsageError' })
  await t.rejects(async () => collect(reader()), { name: 'UsageError' })
})
