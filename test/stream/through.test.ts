import t from 'tap'
import { type Batch, packet } from '../../src/packet.ts'
import type { Stage } from '../../src/stream/step.ts'
import { through } from '../../src/stream/through.ts'

const batch = (...values: number[]): Batch => values.map(value => packet({ value }))
const odd: Stage = { push: input => input.filter(({ meta }) => Number(meta['value']) % 2 === 1) }
const last: Stage = { push: input => input, end: () => batch(99) }

t.test('packets pass the stages, and what was held back comes last', async t => {
  async function* source(): AsyncGenerator<Batch> {
    yield batch(1, 2)
    yield batch(2)
    yield batch(3)
  }
  const seen: unknown[] = []
  for await (const output of through(source(), [odd, last])) seen.push(output.map(({ meta }) => meta['value']))
  t.same(seen, [[1], [3], [99]])
})

t.test('an acknowledgement stays with its batch, also with one that nothing is left of', async t => {
  let acknowledged = 0
  const acknowledge = () => void acknowledged++
  async function* source(): AsyncGenerator<Batch> {
    yield Object.assign([...batch(1, 2)], { acknowledge })
    yield Object.assign([...batch(2)], { acknowledge })
  }
  for await (const output of through(source(), [odd])) output.acknowledge?.()
  t.equal(acknowledged, 2)
})
