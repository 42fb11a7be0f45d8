import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Bus } from '../../src/bus/bus.ts'
import { datasetSubscriber } from '../../src/bus/dataset-subscriber.ts'
import { busFor } from '../../src/bus/index.ts'
import { reply } from '../../src/bus/reply.ts'
import { request } from '../../src/bus/request.ts'
import { readTokens } from '../../src/bus/tokens.ts'
import { type Batch, type Packet, packet } from '../../src/packet.ts'
import type { Source } from '../../src/stream/step.ts'
import { busContext, serve } from '../support/bus.ts'
import { collect } from '../support/carrier.ts'

async function* of(...batches: readonly Batch[]): Source & AsyncGenerator<Batch> {
  yield* batches
}

/** Answers until the test ends. */
function answering(t: Parameters<typeof serve>[0], bus: Bus, answer: (request: Packet) => Promise<Batch>) {
  const { context, stop } = busContext()
  const source = bus.subscribe(['math.*'], {}, context)
  const done = reply(bus, source, { jobs: 2 }, answer, context)
  t.teardown(async () => {
    stop.abort()
    await done
  })
}

const doubled = async ({ meta }: Packet) => [packet({ value: 2 * Number(meta['value']) })]

t.test('each request gets its answer', async t => {
  const { url } = await serve(t)
  const bus = busFor(url)
  answering(t, bus, doubled)
  const { context, ledger } = busContext()
  const requests = of([packet({ value: 1 }), packet({ value: 2 })], [packet({ value: 3 })])
  const answers = await collect(request(bus, requests, { topic: 'math.double', limit: 5000, replies: 1 }, context))
  t.same(answers.map(({ meta }) => meta['value']).sort(), [2, 4, 6])
  t.equal(new Set(answers.map(({ meta }) => meta['correlation_id'])).size, 3)
  t.equal(ledger.lost, 0)
})

t.test(
  'a program that repeats the request answers with it, but not with what is true of the request alone',
  async t => {
    const { url } = await serve(t)
    const bus = busFor(url)
    answering(t, bus, async request => [request])
    const requests = of([packet({ value: 1, via: ['bridge'] })])
    const { context } = busContext()
    const [answer] = await collect(request(bus, requests, { topic: 'math.same', limit: 5000, replies: 1 }, context))
    t.match(answer?.meta, { value: 1, topic: /^_reply\./, correlation_id: /\w/ })
    t.notOk(['via', 'reply_to'].some(name => name in (answer?.meta ?? {})))
  },
)

t.test('who answers may come later than who asks', async t => {
  const { url } = await serve(t)
  const bus = busFor(url)
  const { context, warnings } = busContext()
  const warned = new Promise<void>(resolve => {
    const push = warnings.push.bind(warnings)
    warnings.push = (...words) => {
      resolve()
      return push(...words)
    }
  })
  const asking = collect(
    request(bus, of([packet({ value: 4 })]), { topic: 'math.double', limit: 5000, replies: 1 }, context),
  )
  await warned
  t.same(warnings, ['nobody is there to answer, trying again'])
  answering(t, bus, doubled)
  t.same(
    (await asking).map(({ meta }) => meta['value']),
    [8],
  )
})

t.test('several may answer one request', async t => {
  const { url } = await serve(t)
  const bus = busFor(url)
  answering(t, bus, async () => [packet({ who: 1 })])
  answering(t, bus, async () => [packet({ who: 2 }), packet({ who: 3 })])
  const { context } = busContext()
  const sink = await bus.publish({ topic: 'math.ready', subscribers: 2 }, context)
  await sink.close()
  const answers = await collect(request(bus, of([packet({})]), { topic: 'math.all', limit: 5000, replies: 3 }, context))
  t.same(answers.map(({ meta }) => meta['who']).sort(), [1, 2, 3])
})

t.test('what is not answered in time is counted and told', async t => {
  const { url } = await serve(t)
  const { context, ledger, warnings } = busContext()
  const bus = busFor(url)
  answering(t, bus, async () => [])
  const answers = await collect(
    request(bus, of([packet({}), packet({})]), { topic: 'math.never', limit: 100, replies: 1 }, context),
  )
  t.same([answers, ledger.stage('requests').report().dropped], [[], { 'no answer': 2 }])
  t.match(warnings.at(-1), 'no answer within 100ms')
})

t.test('a request that does not say where its answer goes is rejected', async t => {
  const { url } = await serve(t)
  const bus = busFor(url)
  const { context, ledger, stop } = busContext()
  const done = reply(bus, bus.subscribe(['math.*'], {}, context), { jobs: 1 }, doubled, context)
  const publisher = busContext()
  const sink = await bus.publish({ topic: 'math.x', subscribers: 1 }, publisher.context)
  await sink.write([packet({})])
  await sink.close()
  while (ledger.lost === 0) await new Promise(resolve => setTimeout(resolve, 1))
  t.same(ledger.stage('requests').report().rejected, { 'no reply_to': 1 })
  stop.abort()
  await done
})

t.test('a question that may not be asked is refused at once, not when its time is over', async t => {
  const folder = t.testdir({ token: 'reader-of-everything' })
  const line = '{"token":"reader-of-everything","subscribe":["#"]}'
  writeFileSync(join(folder, 'tokens'), line, { mode: 0o600 })
  const { url } = await serve(t, { tokens: readTokens(join(folder, 'tokens'), () => {}) })
  const bus = busFor(`${url}?token=${join(folder, 'token')}`)
  const { context } = busContext()
  const asking = collect(request(bus, of([packet({})]), { topic: 'a', limit: 600_000, replies: 1 }, context))
  await t.rejects(asking, /not allowed to publish to 'a'/)
  const subscribing = collect(datasetSubscriber(bus, { address: 'a', dataset: 'd', as: 'state' }, context))
  await t.rejects(subscribing, /not allowed to publish to 'a'/)
})
