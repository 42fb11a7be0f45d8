import t from 'tap'
import { Burst } from '../../src/bus/burst.ts'

const FULL = 65_536
const turn = () => new Promise(resolve => setImmediate(resolve))

function counted() {
  const seen = { acts: 0 }
  return { seen, burst: new Burst(() => void seen.acts++) }
}

t.test('what follows a full read is done with it, and nothing waits longer than this turn', async t => {
  const { seen, burst } = counted()
  burst.read(10)
  t.equal(seen.acts, 1)
  burst.read(FULL)
  t.equal(seen.acts, 1)
  burst.read(10)
  t.equal(seen.acts, 2, 'with the next read')
  burst.read(FULL)
  await turn()
  t.equal(seen.acts, 3, 'without one')
  await turn()
  t.equal(seen.acts, 3)
})

t.test('so many full reads, and no more, are one', async t => {
  const { seen, burst } = counted()
  for (let read = 0; read < 8; read++) burst.read(FULL)
  t.equal(seen.acts, 2)
})

t.test('ended or stopped, it is over', async t => {
  const { seen, burst } = counted()
  burst.read(FULL)
  burst.end()
  burst.read(FULL)
  burst.stop()
  await turn()
  t.equal(seen.acts, 1)
})
