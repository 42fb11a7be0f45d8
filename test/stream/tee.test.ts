// The tee: every output gets everything; a dead one is named, counted and gone without.

import t from 'tap'
import { type Batch, packet } from '../../src/packet.ts'
import { StageCount } from '../../src/stream/ledger.ts'
import type { Sink } from '../../src/stream/step.ts'
import { tee } from '../../src/stream/tee.ts'

const BATCH: Batch = [packet({ number: 1 }), packet({ number: 2 })]

function memory(fails: { readonly after: number; readonly later?: boolean } = { after: Number.POSITIVE_INFINITY }) {
  const seen: Batch[] = []
  const calls: string[] = []
  const sink: Sink = {
    write(batch) {
      if (seen.length >= fails.after) {
        if (fails.later) return Promise.reject(new Error('dead'))
        throw new Error('dead')
      }
      seen.push(batch)
      return fails.later ? Promise.resolve() : undefined
    },
    commit() {
      calls.push('commit')
    },
    async close() {
      calls.push('close')
    },
    async abort() {
      calls.push('abort')
    },
  }
  return { sink, seen, calls }
}

function teeOf(sinks: readonly Sink[], { strict = false } = {}) {
  const warnings: string[] = []
  const count = new StageCount()
  const outputs = sinks.map((sink, index) => ({ name: `output ${index}`, sink }))
  return { all: tee(outputs, { strict, warn: message => warnings.push(message), count }), warnings, count }
}

t.test('each output gets everything, is committed and closed', async t => {
  const one = memory()
  const other = memory({ after: Number.POSITIVE_INFINITY, later: true })
  const { all, count } = teeOf([one.sink, other.sink])
  await all.write(BATCH)
  await all.write(BATCH)
  await all.commit?.()
  await all.close()
  t.equal(one.seen.length, 2)
  t.equal(other.seen.length, 2)
  t.same(one.calls, ['commit', 'close'])
  t.same(other.calls, ['commit', 'close'])
  t.equal(count.lost, 0)
})

for (const later of [false, true]) {
  t.test(`an output that fails ${later ? 'later' : 'at once'} is named once, the others go on`, async t => {
    const good = memory()
    const bad = memory({ after: 1, later })
    const { all, warnings, count } = teeOf([bad.sink, good.sink])
    for (let round = 0; round < 3; round++) await all.write(BATCH)
    await all.close()
    t.equal(good.seen.length, 3)
    t.same(warnings, ['dead; the other outputs go on'])
    t.same(count.report().dropped, { 'output failed': 4 })
    t.same(bad.calls, ['abort'])
    t.same(good.calls, ['close'])
  })
}

t.test('strict: the first failure is the failure of all', async t => {
  const { all } = teeOf([memory({ after: 0 }).sink, memory().sink], { strict: true })
  await t.rejects(async () => all.write(BATCH), { message: 'dead' })
})

t.test('when the last output is dead, the tee is', async t => {
  const { all } = teeOf([memory({ after: 0 }).sink, memory({ after: 1 }).sink])
  await all.write(BATCH)
  await t.rejects(async () => all.write(BATCH), { message: 'dead' })
})

t.test('a close that fails is told after all others are closed', async t => {
  const good = memory()
  const bad: Sink = { ...memory().sink, close: () => Promise.reject(new Error('full')) }
  await t.rejects(teeOf([bad, good.sink]).all.close(), { message: 'full' })
  t.same(good.calls, ['close'])
})
