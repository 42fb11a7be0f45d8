import fc from 'fast-check'
import t from 'tap'
import { isSpace, LINE_SPACE, longStringEnd, SPACE, stringEnd, valueEnd, wordsOf } from '../../src/codec/json-value.ts'

t.test('a value ends where JSON.stringify ended it', async () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 1), (value, indent) => {
      const text = JSON.stringify(value, undefined, indent)
      const buffer = Buffer.from(`  ${text},`)
      return valueEnd(buffer, 2, 1, SPACE) === buffer.length - 1
    }),
  )
})

t.test('white space is what JSON says', async t => {
  const bytes = Array.from({ length: 256 }, (_, byte) => byte)
  t.same(bytes.filter(isSpace), [0x09, 0x0a, 0x0d, 0x20])
  t.same(
    bytes.filter(byte => SPACE[byte] === 1),
    [0x09, 0x0a, 0x0d, 0x20],
  )
  t.notOk(isSpace(undefined))
})

t.test('white space within a line is no newline', async t => {
  const buffer = Buffer.from('[1 ,\n2]')
  t.equal(valueEnd(buffer, 0, 1, SPACE), buffer.length)
  t.equal(valueEnd(buffer, 0, 1, LINE_SPACE), -1)
})

t.test('four bytes at once or each by itself: a string ends at the same byte, wherever it begins', async () => {
  const bytes = fc.array(
    fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0x21, 0x22, 0x23, 0x5c, 0x1f, 0x20)),
  )
  const plain = Buffer.from('plain, ä and 😀 '.repeat(40))
  fc.assert(
    fc.property(fc.nat(plain.length), bytes, fc.nat(9), (cut, some, start) => {
      const buffer = Buffer.concat([plain.subarray(0, cut), Buffer.from(some), Buffer.from('"'), plain])
      return longStringEnd(buffer, wordsOf(buffer), start) === stringEnd(buffer, start)
    }),
    { numRuns: 1000 },
  )
})

t.test('a buffer that begins between words has none', async t => {
  const buffer = Buffer.alloc(2000, 'x')
  t.equal(wordsOf(buffer.subarray(8)).length, 498)
  t.equal(wordsOf(buffer.subarray(9)).length, 0)
  t.equal(wordsOf(buffer.subarray(0, 100)).length, 0)
})
