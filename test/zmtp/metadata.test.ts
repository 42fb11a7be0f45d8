// Property lists: their bytes, names without case, lists that are cut or lie about their lengths.

import t from 'tap'
import { decodeProperties, encodeProperties, propertyOf } from '../../src/zmtp/metadata.ts'

const text = (value: Uint8Array | undefined) => value && Buffer.from(value).toString()

t.test('the bytes are those of the specification', async t => {
  const bytes = encodeProperties({ 'Socket-Type': Buffer.from('PUB'), Identity: new Uint8Array(0) })
  t.equal(bytes.toString('latin1'), '\x0bSocket-Type\x00\x00\x00\x03PUB\x08Identity\x00\x00\x00\x00')
})

t.test('names are compared without case', async t => {
  const read = decodeProperties(encodeProperties({ 'SOCKET-type': Buffer.from('SUB') }))
  t.same(Object.keys(read), ['socket-type'])
  t.equal(text(propertyOf(read, 'Socket-Type')), 'SUB')
  t.equal(text(propertyOf({ 'Socket-Type': Buffer.from('SUB') }, 'socket-type')), 'SUB')
  t.equal(propertyOf(read, 'Identity'), undefined)
})

t.test('of a name that comes twice the first counts', async t => {
  const twice = Buffer.concat([encodeProperties({ a: Buffer.from('1') }), encodeProperties({ A: Buffer.from('2') })])
  t.equal(text(decodeProperties(twice)['a']), '1')
})

t.test('a name of JavaScript is a name like others', async t => {
  const read = decodeProperties(Buffer.from('\x09__proto__\x00\x00\x00\x01x', 'latin1'))
  t.equal(text(propertyOf(read, '__proto__')), 'x')
  t.equal(propertyOf(decodeProperties(new Uint8Array(0)), 'constructor'), undefined)
})

t.test('a list that is cut anywhere but between properties, or has names that are none, is refused', async t => {
  const good = encodeProperties({ ab: Buffer.from('xyz') })
  for (let end = 1; end < good.length; end++) {
    t.throws(() => decodeProperties(good.subarray(0, end)), { message: /metadata/ }, `cut at ${end}`)
  }
  for (const bad of [
    '\x00\x00\x00\x00\x00',
    '\x01 \x00\x00\x00\x00',
    '\x01a\xff\xff\xff\xff',
    '\x01a\x7f\xff\xff\xff',
  ]) {
    t.throws(() => decodeProperties(Buffer.from(bad, 'latin1')), { message: /metadata/ }, JSON.stringify(bad))
  }
})
