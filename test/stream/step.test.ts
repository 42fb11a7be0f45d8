import t from 'tap'
import { type Batch, type Packet, packet } from '../../src/packet.ts'
import { chain, type Stage } from '../../src/stream/step.ts'

const numbers = (...values: number[]): Batch => values.map(value => packet({ value }))
const values = (batch: Batch) => batch.map(({ meta }) => meta['value'])
const add = (amount: number): Stage => ({
  push: batch => batch.map(({ meta }) => packet({ value: Number(meta['value']) + amount })),
})

/** Holds back the last packet it has seen. */
function holdLast(): Stage {
  let held: Packet | undefined
  return {
    push(batch) {
      const all = held ? [held, ...batch] : [...batch]
      held = all.pop()
      return all
    },
    end: () => (held ? [held] : []),
  }
}

t.test('stages act one after the other', async t => {
  t.same(values(chain([add(1), add(10)]).push(numbers(1, 2))), [12, 13])
})

t.test('no stages pass everything on, the batch itself', async t => {
  const batch = numbers(1)
  t.equal(chain([]).push(batch), batch)
  t.same(chain([]).end?.(), [])
})

t.test('a stage is not asked about nothing', async t => {
  let asked = 0
  const none: Stage = { push: () => [] }
  const counting: Stage = {
    push(batch) {
      asked++
      return batch
    },
  }
  t.same(chain([none, counting]).push(numbers(1)), [])
  t.same(chain([counting]).push([]), [])
  t.equal(asked, 0)
})

t.test('what a stage held back passes the stages after it at the end', async t => {
  const stages = chain([holdLast(), add(1), holdLast(), add(10)])
  t.same(values(stages.push(numbers(1, 2, 3))), [12])
  t.same(values(stages.end?.() ?? []), [13, 14])
})

t.test('a stage in the middle ends even when nothing came before it', async t => {
  const greeting: Stage = { push: batch => batch, end: () => numbers(7) }
  t.same(values(chain([add(1), greeting, add(100)]).end?.() ?? []), [107])
})
