import t from 'tap'
import { type Limits, limited } from '../../src/cli/limits.ts'
import { type Batch, packet } from '../../src/packet.ts'
import type { Source } from '../../src/stream/step.ts'

const batch = (...values: number[]): Batch => values.map(value => packet({ value }))
const values = (batches: readonly Batch[]) => batches.map(one => one.map(({ meta }) => meta['value']))

async function* supply(...batches: readonly Batch[]): Source & AsyncGenerator<Batch> {
  yield* batches
}

/** Yields the batches, then waits for the stop as an open pipe would, and ends. */
async function* open(stop: AbortSignal, ...batches: readonly Batch[]): Source & AsyncGenerator<Batch> {
  yield* batches
  if (!stop.aborted) await new Promise(resolve => stop.addEventListener('abort', resolve))
}

/** Everything that came through, and the error at the end if there was one. */
async function drain(source: Source): Promise<{ batches: Batch[]; error: unknown }> {
  const batches: Batch[] = []
  try {
    for await (const one of source) batches.push(one)
  } catch (error) {
    return { batches, error }
  }
  return { batches, error: undefined }
}

const through = (limits: Limits, ...batches: readonly Batch[]) =>
  drain(limited(supply(...batches), limits, new AbortController()))

t.test('without limits everything passes, the batches themselves', async t => {
  const first = batch(1)
  const { batches, error } = await through({}, first, batch(2, 3))
  t.equal(batches[0], first)
  t.same(values(batches), [[1], [2, 3]])
  t.equal(error, undefined)
})

t.test('a count ends in the middle of a batch, at its end, or after all there is', async t => {
  const cut = async (count: number) => values((await through({ count }, batch(1, 2), batch(3, 4))).batches)
  t.same(await cut(0), [])
  t.same(await cut(1), [[1]])
  t.same(await cut(2), [[1, 2]])
  t.same(await cut(3), [[1, 2], [3]])
  t.same(await cut(4), [
    [1, 2],
    [3, 4],
  ])
  t.same(await cut(9), [
    [1, 2],
    [3, 4],
  ])
})

t.test('after the count nothing more is read, and the source is closed', async t => {
  let read = 0
  let closed = false
  async function* endless(): Source & AsyncGenerator<Batch> {
    try {
      while (true) yield batch(++read)
    } finally {
      closed = true
    }
  }
  await drain(limited(endless(), { count: 3 }, new AbortController()))
  t.equal(read, 3)
  t.ok(closed)
})

t.test('a batch is acknowledged whole or not at all', async t => {
  const acknowledge = () => {}
  const cut = await through({ count: 2 }, Object.assign([...batch(1, 2, 3)], { acknowledge }))
  t.same([cut.batches[0]?.length, cut.batches[0]?.acknowledge], [2, undefined])
  const whole = await through({ count: 3 }, Object.assign([...batch(1, 2, 3)], { acknowledge }))
  t.same([whole.batches[0]?.length, whole.batches[0]?.acknowledge], [3, acknowledge])
})

t.test('a duration ends well: the source is stopped, what it still had passes', async t => {
  const stop = new AbortController()
  async function* lingering(): Source & AsyncGenerator<Batch> {
    yield* open(stop.signal, batch(1))
    yield batch(2)
  }
  const { batches, error } = await drain(limited(lingering(), { duration: 20 }, stop))
  t.same(values(batches), [[1], [2]])
  t.equal(error, undefined)
  t.equal(stop.signal.reason, 'duration')
})

t.test('a timeout drains, then fails and says after what time', async t => {
  const stop = new AbortController()
  async function* lingering(): Source & AsyncGenerator<Batch> {
    yield* open(stop.signal, batch(1))
    yield batch(2)
  }
  const { batches, error } = await drain(limited(lingering(), { timeout: 20 }, stop))
  t.same(values(batches), [[1], [2]])
  t.match(error, { name: 'TimedOut', message: 'timed out after 20ms' })
  t.equal(stop.signal.reason, 'timeout')
})

t.test('a timeout runs on while what came is brought to its end', async t => {
  const stop = new AbortController()
  const { error } = await drain(limited(supply(batch(1)), { timeout: 20, duration: 10, 'idle-timeout': 10 }, stop))
  t.equal(error, undefined)
  t.notOk(stop.signal.aborted)
  const alive = setInterval(() => {}, 1000)
  await new Promise(resolve => stop.signal.addEventListener('abort', resolve))
  clearInterval(alive)
  t.equal(stop.signal.reason, 'timeout')
})

t.test('silence is a timeout; a first packet that never comes is silence, too', async t => {
  for (const batches of [[], [batch(1)]]) {
    const stop = new AbortController()
    const source = limited(open(stop.signal, ...batches), { 'idle-timeout': 20 }, stop)
    const { error } = await drain(source)
    t.match(error, { name: 'TimedOut', message: 'nothing came for 20ms' })
  }
})

t.test('each packet starts the silence anew', async t => {
  const stop = new AbortController()
  let ended = false
  stop.signal.addEventListener('abort', () => {
    ended = true
  })
  async function* ticking(): Source & AsyncGenerator<Batch> {
    for (let tick = 0; tick < 6 && !ended; tick++) {
      await new Promise(resolve => setTimeout(resolve, 120))
      yield batch(tick)
    }
  }
  const { batches, error } = await drain(limited(ticking(), { 'idle-timeout': 600 }, stop))
  t.equal(batches.length, 6, 'six ticks in 720 ms, none of them 600 ms apart')
  t.equal(error, undefined)
})

t.test('time spent downstream is no silence', async t => {
  const stop = new AbortController()
  const source = limited(supply(batch(1), batch(2)), { 'idle-timeout': 20 }, stop)
  const seen: Batch[] = []
  for await (const one of source) {
    seen.push(one)
    await new Promise(resolve => setTimeout(resolve, 120))
  }
  t.equal(seen.length, 2)
  t.notOk(stop.signal.aborted)
})

t.test('a source that fails fails as itself, and no timer is left behind', async t => {
  const stop = new AbortController()
  async function* failing(): Source & AsyncGenerator<Batch> {
    yield batch(1)
    throw new Error('cable pulled')
  }
  const limits = { duration: 60_000, timeout: 60_000, 'idle-timeout': 60_000 }
  const before = process.getActiveResourcesInfo().filter(kind => kind === 'Timeout').length
  const { error } = await drain(limited(failing(), limits, stop))
  t.match(error, { message: 'cable pulled' })
  t.equal(process.getActiveResourcesInfo().filter(kind => kind === 'Timeout').length, before)
})
