// Z85 against the vector of its specification, every byte, and what is not Z85.

import fc from 'fast-check'
import t from 'tap'
import { decodeZ85, encodeZ85 } from '../../src/zmtp/z85.ts'

t.test('the vector of the specification', async t => {
  const bytes = Uint8Array.of(0x86, 0x4f, 0xd2, 0x6f, 0xb5, 0x59, 0xf7, 0x5b)
  t.equal(encodeZ85(bytes), 'HelloWorld')
  t.same(decodeZ85('HelloWorld'), bytes)
})

t.test('the test keys of zmq_curve(7)', async t => {
  const key = 'Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID'
  const bytes = decodeZ85(key) ?? new Uint8Array(0)
  t.equal(Buffer.from(bytes).toString('hex'), 'bb88471d65e2659b30c55a5321cebb5aab2b70a398645c26dca2b2fcb43fc518')
  t.equal(encodeZ85(bytes), key)
})

t.test('the ends of the range', async t => {
  t.equal(encodeZ85(new Uint8Array(0)), '')
  t.equal(encodeZ85(new Uint8Array(4)), '00000')
  t.equal(encodeZ85(new Uint8Array(4).fill(255)), '%nSc0')
  t.same(decodeZ85('%nSc0'), new Uint8Array(4).fill(255))
})

t.test('any bytes come back', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), any => {
      const bytes = any.subarray(0, any.length - (any.length % 4))
      return Buffer.from(decodeZ85(encodeZ85(bytes)) ?? []).equals(bytes)
    }),
  )
})

t.test('what is not Z85 has no bytes', async t => {
  for (const text of ['Hello~orld', 'HelloWorl', 'Hello World', '%nSc1', '#####', 'Helloé1234', '"0000']) {
    t.equal(decodeZ85(text), undefined, text)
  }
  t.throws(() => encodeZ85(new Uint8Array(5)), /5 bytes: expected a multiple of 4/)
})
