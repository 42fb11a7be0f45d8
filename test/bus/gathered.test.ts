import t from 'tap'
import { gathered } from '../../src/bus/gathered.ts'
import { Run } from '../../src/bus/run.ts'

const run = (text: string) => {
  const buffer = Buffer.from(text)
  return new Run('lines', buffer, { start: 0, end: buffer.length, packets: 1 })
}

t.test('small runs are joined, large ones are passed as they are', async t => {
  const large = run('L'.repeat(5000))
  const chunks = gathered([run('a'), run('b'), large, run('c'), large, run('d'), run('e')])
  t.same(
    chunks.map(chunk => Buffer.from(chunk).toString()),
    ['ab', 'L'.repeat(5000), 'c', 'L'.repeat(5000), 'de'],
  )
  t.equal(chunks[1], large.buffer)
  t.same(gathered([]), [])
})
