// Bytes one after the other in a buffer that grows.

import t from 'tap'
import { ByteWriter } from '../../src/codec/byte-writer.ts'

t.test('text, bytes and copies follow each other, however long', async t => {
  const writer = new ByteWriter()
  const long = Buffer.from('y'.repeat(5000))
  writer.text('é€')
  writer.byte(0x2c)
  writer.copy(Buffer.from('abcdef'), 1, 3)
  writer.copy(long, 0, 5000)
  t.equal(writer.finish().toString(), `é€,bc${long}`)
  t.equal(new ByteWriter().finish().length, 0)
})
