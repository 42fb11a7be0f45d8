// The assembler: numbers of the format, and code that does what its operations say.

import t from 'tap'
import { hasRelaxedSimd } from '../../src/dsp/relaxed-simd.ts'
import {
  type Code,
  FUSED,
  FunctionCode,
  int,
  moduleBytes,
  ofBits,
  SEPARATE,
  signed,
  unsigned,
  vector,
} from '../../src/dsp/wasm.ts'
import { running } from '../support/wasm.ts'

t.test('numbers are LEB128', async t => {
  t.same(unsigned(0), [0])
  t.same(unsigned(127), [0x7f])
  t.same(unsigned(128), [0x80, 1])
  t.same(unsigned(624485), [0xe5, 0x8e, 0x26])
  t.same(unsigned(2 ** 32 - 1), [0xff, 0xff, 0xff, 0xff, 0x0f])
  t.same(signed(-1), [0x7f])
  t.same(signed(63), [0x3f])
  t.same(signed(64), [0xc0, 0])
  t.same(signed(-64), [0x40])
  t.same(signed(-123456), [0xc0, 0xbb, 0x78])
})

/** What an expression of two vectors, and a third, gives. */
function evaluate(expression: (a: Code, b: Code, c: Code) => Code, ...vectors: readonly (readonly number[])[]) {
  const f = new FunctionCode(0)
  const [a, b, c] = [0, 16, 32].map(at => f.keep(vector.load(int.value(0), at)))
  if (a && b && c) f.store(int.value(0), 48, expression(a, b, c))
  const { floats, run } = running(f)
  for (const [index, numbers] of vectors.entries()) floats.set(numbers, index * 4)
  run()
  return [...floats.subarray(12, 16)]
}

t.test('operations of vectors', async t => {
  const [a, b] = [
    [1, 2, 3, 4],
    [10, 20, 30, 40],
  ] as const
  t.same(evaluate(vector.add, a, b), [11, 22, 33, 44])
  t.same(evaluate(vector.subtract, a, b), [-9, -18, -27, -36])
  t.same(evaluate(vector.multiply, a, b), [10, 40, 90, 160])
  t.same(evaluate(vector.squareRoot, [1, 4, 9, 16]), [1, 2, 3, 4])
  t.same(
    evaluate((x, y) => vector.pick(x, y, [0, 4, 3, 7]), a, b),
    [1, 10, 4, 40],
  )
  t.same(
    evaluate(() => vector.value(1, -1, 0.5, 2)),
    [1, -1, 0.5, 2],
  )
  t.same(
    evaluate(() => vector.loadOne(int.value(4), 4), a),
    [3, 3, 3, 3],
  )
  // The bits of 1 are 0x3f800000, those of 2 are 0x800000 more.
  t.same(
    evaluate(x => vector.toFloat(vector.subtractBits(x, vector.value(1))), [1, 2, 4, 1.5]),
    [0, 2 ** 23, 2 ** 24, 2 ** 22],
  )
  const mantissa = vector.value(ofBits(0x7fffff))
  t.same(
    evaluate(x => vector.or(vector.and(x, mantissa), vector.value(1)), [1, 3, 5, 0.75]),
    [1, 1.5, 1.25, 1.5],
  )
})

t.test('multiply and add, in one or in two', async t => {
  const numbers = [
    [1, 2, 3, 4],
    [10, 20, 30, 40],
    [1, 1, 1, 1],
  ] as const
  for (const arithmetic of hasRelaxedSimd() ? [FUSED, SEPARATE] : [SEPARATE]) {
    t.same(evaluate(arithmetic.add, ...numbers), [11, 41, 91, 161])
    t.same(evaluate(arithmetic.subtract, ...numbers), [-9, -39, -89, -159])
  }
})

t.test('loops, variables and parameters', async t => {
  const f = new FunctionCode(2)
  const [from, count] = [f.parameter(0), f.parameter(1)]
  const sum = f.vector(vector.value(0))
  const at = f.int(from.get)
  f.loop(() => {
    f.set(sum, vector.add(sum.get, vector.load(at.get, 0)))
    f.advance(at, 16)
    f.advance(count, -1)
    return count.get
  })
  f.store(int.subtract(at.get, int.value(16)), 16, sum.get)
  const { floats, run } = running(f)
  floats.set([1, 2, 3, 4, 10, 20, 30, 40, 100, 200, 300, 400], 4)
  run(16, 3)
  t.same([...floats.subarray(16, 20)], [111, 222, 333, 444])
})

t.test('functions call each other; a memory may be shared', async t => {
  const store = new FunctionCode(1)
  store.store(store.parameter(0).get, 0, vector.value(7))
  const caller = new FunctionCode(0)
  caller.call(0, int.value(32))
  const module = moduleBytes({
    functions: [
      ['store', store],
      ['call', caller],
    ],
    shared: false,
  })
  const memory = new WebAssembly.Memory({ initial: 1 })
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module), { env: { memory } })
  const call = exports['call']
  if (typeof call !== 'function') throw new TypeError('no function')
  call()
  t.equal(new Float32Array(memory.buffer)[8], 7)
  t.ok(WebAssembly.validate(moduleBytes({ functions: [['store', store]], shared: true })))
})
