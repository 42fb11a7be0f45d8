// Original timing, on a clock of our own.

import t from 'tap'
import { LATE_MS, type PaceOptions, pace, TimingErrors } from '../../src/filter/pace.ts'
import { type Batch, packet } from '../../src/packet.ts'
import { StageCount } from '../../src/stream/ledger.ts'
import type { Source } from '../../src/stream/step.ts'

const at = (ms: number) => packet({ timestamp: new Date(Date.UTC(2026, 0) + ms).toISOString(), ms })

async function* from(...batches: readonly Batch[]): Source & AsyncGenerator<Batch> {
  yield* batches
}

/** What was handed on and when, on a clock that timers move on, each by `tardy` too far. */
async function paced(source: Source, options: Partial<PaceOptions> & { tardy?: number; work?: number } = {}) {
  const { tardy = 0, work = 0 } = options
  let clock = 1000
  const count = new StageCount()
  const stop = new AbortController().signal
  const now = () => clock
  const wait = async (milliseconds: number) => {
    clock += milliseconds + tardy
  }
  const seen: string[] = []
  for await (const batch of pace(source, { speed: 1, stop, count, now, wait, ...options })) {
    seen.push(`${clock - 1000}: ${batch.map(({ meta }) => meta['ms'] ?? '-').join(' ')}`)
    clock += work
  }
  return { seen, late: count.late }
}

t.test('packets are handed on at their distance in time from the first', async t => {
  t.same(await paced(from([at(0), at(0), at(100)], [at(250)])), { seen: ['0: 0 0', '100: 100', '250: 250'], late: 0 })
})

t.test('at ten times the speed, in a tenth of the time', async t => {
  t.same((await paced(from([at(0), at(100), at(250)]), { speed: 10 })).seen, ['0: 0', '10: 100', '25: 250'])
})

t.test('a timer that is late does not move the next packet', async t => {
  const { seen } = await paced(from([at(0), at(100), at(200), at(300)]), { tardy: 3 })
  t.same(seen, ['0: 0', '103: 100', '203: 200', '303: 300'])
})

t.test('behind a slow reader what is due goes together, and is counted as late', async t => {
  const work = LATE_MS + 30
  const { seen, late } = await paced(from([at(0)], [at(10), at(20), at(100)]), { work })
  t.same(seen, [`0: 0`, '50: 10 20', '100: 100'])
  t.equal(late, 2)
})

t.test('what goes back in time or has none goes along with the one before', async t => {
  const { seen } = await paced(from([packet({}), at(0), at(100), at(50), packet({}), at(101)]))
  t.same(seen, ['0: - 0', '100: 100 50 -', '101: 101'])
})

t.test('a stop ends the wait', async t => {
  const stop = new AbortController()
  const seen: number[] = []
  const source = from([at(0), at(1e12)])
  for await (const batch of pace(source, { speed: 1, stop: stop.signal, count: new StageCount() })) {
    seen.push(batch.length)
    stop.abort()
  }
  t.same(seen, [1])
})

t.test('timing errors have percentiles', async t => {
  const errors = new TimingErrors()
  t.equal(errors.percentile(0.5), 0)
  for (let n = 1; n <= 100; n++) errors.add(n)
  for (const fraction of [0.5, 0.99]) {
    const error = errors.percentile(fraction)
    t.ok(error >= 100 * fraction && error <= 100 * fraction * 1.08, `${fraction}: ${error}`)
  }
  t.equal(errors.percentile(1), 100)
  t.equal(errors.largest, 100)
})
