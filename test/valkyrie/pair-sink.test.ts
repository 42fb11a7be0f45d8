import { readdirSync, readFileSync, watch } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { packet } from '../../src/packet.ts'
import { StageCount } from '../../src/stream/ledger.ts'
import { pairSink } from '../../src/valkyrie/pair-sink.ts'
import { parsePattern } from '../../src/valkyrie/pattern.ts'
import { until } from '../support/carrier.ts'

const reject = () => {
  throw new Error('rejected')
}

t.test('a pair for each packet, numbered from 0, the JSON indented by four', async t => {
  const folder = t.testdir({})
  const count = new StageCount()
  const sink = pairSink(parsePattern(join(folder, 'f_%03d')), { count, reject })
  sink.write([packet({ some: 'thing', n: 1 }, Buffer.from('one')), packet({})])
  sink.write([packet({ last: true })])
  await sink.close()
  t.same(
    readdirSync(folder).sort(),
    ['f_000', 'f_001', 'f_002'].flatMap(name => [`${name}.data`, `${name}.json`]),
  )
  t.equal(readFileSync(join(folder, 'f_000.json'), 'utf8'), '{\n    "some": "thing",\n    "n": 1\n}')
  t.equal(readFileSync(join(folder, 'f_000.data'), 'utf8'), 'one')
  t.equal(readFileSync(join(folder, 'f_001.json'), 'utf8'), '{}')
  t.equal(readFileSync(join(folder, 'f_001.data'), 'utf8'), '')
  t.equal(count.out, 3)
})

t.test('whoever sees the JSON has the data, also where an old pair is replaced', async t => {
  const folder = t.testdir({ 'f_0.json': '{"old":1}', 'f_0.data': 'old' })
  const seen: string[] = []
  const watcher = watch(folder, (_event, name) => {
    if (name === 'f_0.json' || name === 'f_0.data') seen.push(name)
  })
  t.teardown(() => watcher.close())
  const sink = pairSink(parsePattern(join(folder, 'f_%d')), { count: new StageCount(), reject })
  sink.write([packet({ new: 1 }, Buffer.from('new'))])
  await until(() => seen.length >= 3)
  t.same(seen.slice(0, 3), ['f_0.json', 'f_0.data', 'f_0.json'], 'taken away, data, JSON')
  t.equal(readFileSync(join(folder, 'f_0.data'), 'utf8'), 'new')
})

t.test('a folder that is not there is an error that names the file', async t => {
  const sink = pairSink(parsePattern(join(t.testdir({}), 'none/f_%d')), { count: new StageCount(), reject })
  t.throws(() => sink.write([packet({})]), /none\/f_0.data: no such file or directory/)
})
