import t from 'tap'
import { topicsOf } from '../../src/bus/topics.ts'
import { openSink, openSource } from '../../src/carrier/open.ts'
import { UsageError } from '../../src/errors.ts'
import { serve } from '../support/bus.ts'
import { collect, numbered, seqs, surroundings } from '../support/carrier.ts'

/** Surroundings with the bus of a broker that is served. */
async function withBus(t: Parameters<typeof serve>[0]) {
  const { url } = await serve(t)
  const { context, stop, ledger } = surroundings()
  const reject = () => t.fail('nothing is rejected')
  const all = { ...context, topics: async () => topicsOf(url, () => {}) }
  return {
    ledger,
    stop,
    source: (endpoint: string) => openSource([endpoint], { from: 'auto', context: all, reject }),
    sink: (endpoint: string) => openSink([endpoint], { to: 'auto', context: all, reject }),
  }
}

t.test('what is written to a topic is read from its patterns', async t => {
  const { source, sink, stop, ledger } = await withBus(t)
  const retained = await sink('bus:lab.state?retain')
  await retained.write(numbered(1, 100))
  await retained.close()
  const got = collect(source('bus:lab.#?policy=block&buffer=10'), ({ meta }) => {
    if (meta['seq'] === 100) void publish()
    if (meta['seq'] === 3) stop.abort()
  })
  const publish = async () => {
    const out = await sink('bus:lab.x?ttl=1m')
    await out.write(numbered(3))
    await out.close()
  }
  t.same(seqs(await got), [100, 1, 2, 3])
  t.same([ledger.stage('output').out, ledger.stage('input').in, ledger.lost], [4, 4, 0])
})

t.test('what cannot be is wrong usage', async t => {
  const { source, sink } = await withBus(t)
  t.throws(() => source('bus:a?policies=1'), /unknown parameter/)
  await t.rejects(collect(source('bus:')), /expected bus:PATTERN/)
  await t.rejects(collect(source('bus:a?policy=mine')), UsageError)
  await t.rejects(collect(source('bus:a?buffer=many')), UsageError)
  await t.rejects(sink('bus:a?ttl=soon'), UsageError)
  await t.rejects(collect(surroundings().source('bus:a')), /there is no bus here/)
})
