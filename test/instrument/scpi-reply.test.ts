// Lines and blocks, in every chunking.

import t from 'tap'
import { DataError } from '../../src/errors.ts'
import { ReplyReader } from '../../src/instrument/scpi-reply.ts'
import { cuttings } from '../support/chunking.ts'

function read(chunks: readonly Uint8Array[]): unknown[] {
  const reader = new ReplyReader('scpi://x')
  return chunks.flatMap(chunk =>
    reader.push(Buffer.from(chunk)).map(reply => (typeof reply === 'string' ? reply : reply.toString('hex'))),
  )
}

t.test('lines, blocks that hold line ends, and lines again', async t => {
  const bytes = Buffer.concat([
    Buffer.from('ThinkRF,WSA5000 1.0,123,4.5\r\n#15'),
    Buffer.from([1, 10, 2, 35, 3]),
    Buffer.from('\n1\n#3010'),
    Buffer.alloc(10, 7),
    Buffer.from('\nend\n'),
  ])
  const expected = ['ThinkRF,WSA5000 1.0,123,4.5', '010a022303', '1', '07'.repeat(10), 'end']
  for (const { name, chunks } of cuttings(bytes)) t.same(read(chunks), expected, name)
})

t.test('what has not ended is no answer yet', async t => {
  t.same(read([Buffer.from('half')]), [])
  t.same(read([Buffer.from('#2')]), [])
  t.same(read([Buffer.from('#14abcd')]), [])
})

t.test('a block must say its length', async t => {
  t.throws(() => read([Buffer.from('#0abc\n')]), DataError)
  t.throws(() => read([Buffer.from('#2xx\n')]), /without a length/)
  t.throws(() => read([Buffer.from('#9999999999')]), /at most/)
})
