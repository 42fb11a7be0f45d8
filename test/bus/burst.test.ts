import t from 'tap'
import { Burst } from '../../src/bus/burst.ts'

const turn = () => new Promise(resolve => setImmediate(resolve))

function counted() {
  const seen = { acts: 0 }
  return { seen, burst: new Burst(() => void seen.acts++) }
}

t.test('however often it is begun in a turn, it ends once, at the end of the turn', async t => {
  const { seen, burst } = counted()
  burst.begin()
  burst.begin()
  t.equal(seen.acts, 0)
  await turn()
  t.equal(seen.acts, 1)
  await turn()
  t.equal(seen.acts, 1)
  burst.begin()
  await turn()
  t.equal(seen.acts, 2)
})

t.test('ended or stopped before, it is over', async t => {
  const { seen, burst } = counted()
  burst.begin()
  burst.end()
  t.equal(seen.acts, 1)
  burst.begin()
  burst.stop()
  await turn()
  t.equal(seen.acts, 1)
})
