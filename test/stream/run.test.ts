// The loop: order, ends, acknowledgement after commit, and turns for everybody else.

import t from 'tap'
import { type Batch, packet } from '../../src/packet.ts'
import { run } from '../../src/stream/run.ts'
import type { Sink, Stage } from '../../src/stream/step.ts'

function logging(log: string[]): Sink {
  return {
    write: batch => void log.push(`write ${batch.map(({ meta }) => meta['seq']).join(' ')}`),
    commit: async () => void log.push('commit'),
    async close() {
      log.push('close')
    },
  }
}

async function* batches(...sizes: number[]): AsyncGenerator<Batch> {
  let seq = 0
  for (const size of sizes) yield Array.from({ length: size }, () => packet({ seq: ++seq }))
}

t.test('batches pass in order; what the stages held back comes at the end; nothing is closed', async t => {
  const log: string[] = []
  let held: Batch = []
  const late: Stage = {
    push(batch) {
      const before = held
      held = batch
      return before
    },
    end: () => held,
  }
  await run(batches(1, 2, 1), [late], logging(log))
  t.same(log, ['write 1', 'write 2 3', 'write 4'])
})

t.test('a batch that wants it is acknowledged after the commit, also when no packet is left of it', async t => {
  const log: string[] = []
  async function* wanting(): AsyncGenerator<Batch> {
    yield Object.assign([packet({ seq: 1 })], { acknowledge: () => log.push('acknowledge') })
    yield [packet({ seq: 2 })]
    yield Object.assign([packet({ seq: 3 })], { acknowledge: () => log.push('acknowledge') })
  }
  const without3: Stage = { push: batch => batch.filter(({ meta }) => meta['seq'] !== 3) }
  await run(wanting(), [without3], logging(log))
  t.same(log, ['write 1', 'commit', 'acknowledge', 'write 2', 'commit', 'acknowledge'])
})

t.test('a slow sink is waited for', async t => {
  let writing = 0
  let most = 0
  await run(batches(1, 1, 1), [], {
    async write() {
      most = Math.max(most, ++writing)
      await new Promise(resolve => setImmediate(resolve))
      writing--
    },
    async close() {},
  })
  t.equal(most, 1)
})

t.test('an error of the sink ends the source', async t => {
  let ended = false
  async function* endless(): AsyncGenerator<Batch> {
    try {
      for (;;) yield [packet({})]
    } finally {
      ended = true
    }
  }
  const failing: Sink = { write: () => Promise.reject(new Error('full')), async close() {} }
  await t.rejects(run(endless(), [], failing), { message: 'full' })
  t.ok(ended)
})

t.test('timers get their turn while a source never waits', async t => {
  let stopped = false
  async function* endless(): AsyncGenerator<Batch> {
    while (!stopped) yield [packet({})]
  }
  setTimeout(() => {
    stopped = true
  }, 5)
  await run(endless(), [], { write() {}, async close() {} })
  t.ok(stopped)
})
