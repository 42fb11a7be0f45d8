// Nonces: each another one, and only ever higher.

import t from 'tap'
import { loadBoxes } from '../../src/zmtp/curve-box.ts'
import { COUNTED_OVERHEAD, CurveSeal, RANDOM_OVERHEAD } from '../../src/zmtp/curve-seal.ts'

const KEY = new Uint8Array(32).fill(7)
const CONTENT = Buffer.from('content')

t.test('what counts, counts from 1 and opens once, in order', async t => {
  const boxes = await loadBoxes()
  const [sender, receiver] = [new CurveSeal(boxes), new CurveSeal(boxes)]
  const sealed = [1, 2, 3].map(() => sender.counted('CurveZMQMESSAGEC', KEY, CONTENT))
  t.same(
    sealed.map(bytes => bytes.readBigUInt64BE(0)),
    [1n, 2n, 3n],
  )
  t.same(
    sealed.map(({ length }) => length - CONTENT.length),
    [COUNTED_OVERHEAD, COUNTED_OVERHEAD, COUNTED_OVERHEAD],
  )
  const [first = CONTENT, second = CONTENT, third = CONTENT] = sealed
  t.same(receiver.openCounted('CurveZMQMESSAGEC', KEY, second), CONTENT, 'numbers may be left out')
  for (const replayed of [second, first]) {
    t.throws(() => receiver.openCounted('CurveZMQMESSAGEC', KEY, replayed), {
      name: 'DataError',
      reason: /nonce [12] again: expected more than 2/,
    })
  }
  t.equal(receiver.openCounted('CurveZMQMESSAGES', KEY, third), undefined, 'of the other side')
})

t.test('numbers beyond those of a double are told apart', async t => {
  const boxes = await loadBoxes()
  const receiver = new CurveSeal(boxes)
  const numbered = (count: bigint) => {
    const nonce = Buffer.from('CurveZMQMESSAGEC        ')
    nonce.writeBigUInt64BE(count, 16)
    return Buffer.concat([nonce.subarray(16), boxes.seal(KEY, nonce, CONTENT)])
  }
  for (const count of [2n ** 53n, 2n ** 53n + 1n, 2n ** 64n - 1n]) {
    t.same(receiver.openCounted('CurveZMQMESSAGEC', KEY, numbered(count)), CONTENT)
  }
  t.throws(() => receiver.openCounted('CurveZMQMESSAGEC', KEY, numbered(0n)), { name: 'DataError' })
})

t.test('random nonces differ, and belong to one command', async t => {
  const seal = new CurveSeal(await loadBoxes())
  const [one, two] = [seal.random('VOUCH---', KEY, CONTENT), seal.random('VOUCH---', KEY, CONTENT)]
  t.notSame(one.subarray(0, 16), two.subarray(0, 16))
  t.equal(one.length, CONTENT.length + RANDOM_OVERHEAD)
  t.same(seal.openRandom('VOUCH---', KEY, one), CONTENT)
  t.equal(seal.openRandom('COOKIE--', KEY, one), undefined)
  for (const length of one.keys()) t.equal(seal.openRandom('VOUCH---', KEY, one.subarray(0, length)), undefined)
})
