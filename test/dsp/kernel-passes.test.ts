// Each pass alone, against the sums it stands for.

import t from 'tap'
import { FIRST_ENTRY, firstPass, lastPass, MIDDLE_ENTRY, middlePass } from '../../src/dsp/kernel-passes.ts'
import { type Complex, complex, rootsOfUnity } from '../../src/dsp/roots.ts'
import { SEPARATE } from '../../src/dsp/wasm.ts'
import { complexDistance, randomComplex, randomNumbers } from '../support/spectrum.ts'
import { type Running, running } from '../support/wasm.ts'

const SIZE = 64
const [SOURCE, TARGET, TABLE, WINDOW] = [1024, 4096, 8192, 16384] as const

/** Units of four real and four imaginary parts. */
function writeUnits(floats: Float32Array, address: number, { re, im }: Complex): void {
  for (const [k, real] of re.entries()) {
    const at = address / 4 + Math.floor(k / 4) * 8 + (k % 4)
    floats[at] = real
    floats[at + 4] = im[k] ?? 0
  }
}

function readUnits(floats: Float32Array, address: number): Complex {
  const at = (k: number) => address / 4 + Math.floor(k / 4) * 8 + (k % 4)
  return {
    re: Float64Array.from({ length: SIZE }, (_, k) => floats[at(k)] ?? 0),
    im: Float64Array.from({ length: SIZE }, (_, k) => floats[at(k) + 4] ?? 0),
  }
}

/** A pass by its definition: the k-th of four outputs of group p, rotated by the root p k. */
function pass(z: Complex, stride: number, radix: number): Complex {
  const roots = rootsOfUnity(SIZE)
  const made = complex(SIZE)
  const count = SIZE / stride / radix
  for (let p = 0; p < count; p++)
    for (let q = 0; q < stride; q++)
      for (let k = 0; k < radix; k++) {
        const at = q + stride * (radix * p + k)
        for (let j = 0; j < radix; j++) {
          const root = (j * k * (SIZE / radix) + p * k * stride) % SIZE
          const [wr, wi] = [roots.re[root] ?? 0, roots.im[root] ?? 0]
          const from = q + stride * (p + j * count)
          const [re, im] = [z.re[from] ?? 0, z.im[from] ?? 0]
          made.re[at] = (made.re[at] ?? 0) + re * wr - im * wi
          made.im[at] = (made.im[at] ?? 0) + re * wi + im * wr
        }
      }
  return made
}

function writeRoots(floats: Float32Array, stride: number): void {
  const roots = rootsOfUnity(SIZE)
  for (let p = 0; p < SIZE / stride / 4; p++)
    for (let k = 0; k < 4; k++) {
      const [re, im] = [roots.re[(p * k * stride) % SIZE] ?? 0, roots.im[(p * k * stride) % SIZE] ?? 0]
      if (stride === 1) {
        floats[(TABLE + p * FIRST_ENTRY) / 4 + k] = re
        floats[(TABLE + p * FIRST_ENTRY) / 4 + 4 + k] = im
      } else if (k > 0) floats.set([re, im], (TABLE + p * MIDDLE_ENTRY) / 4 + 2 * (k - 1))
    }
}

const parts = { size: SIZE, source: SOURCE, target: TARGET, table: TABLE, arithmetic: SEPARATE }

t.test('the first weights samples and makes units of them', async t => {
  const { floats, run } = running(firstPass({ ...parts, window: WINDOW }))
  const z = randomComplex(SIZE, 'first')
  const weights = randomNumbers(2 * SIZE, 'weights')
  for (let k = 0; k < SIZE; k++) floats.set([z.re[k] ?? 0, z.im[k] ?? 0], SOURCE / 4 + 2 * k)
  floats.set(weights, WINDOW / 4)
  writeRoots(floats, 1)
  run(0, SOURCE)
  const weighted = {
    re: z.re.map((re, k) => re * (weights[2 * k] ?? 0)),
    im: z.im.map((im, k) => im * (weights[2 * k + 1] ?? 0)),
  }
  t.ok(complexDistance(readUnits(floats, TARGET), pass(weighted, 1, 4)) < 1e-6)
})

for (const stride of [4, 16]) {
  t.test(`those in the middle rotate groups of ${stride}`, async t => {
    const { floats, run } = running(middlePass({ ...parts, stride }))
    const z = randomComplex(SIZE, 'middle')
    writeUnits(floats, SOURCE, z)
    writeRoots(floats, stride)
    run(0)
    t.ok(complexDistance(readUnits(floats, TARGET), pass(z, stride, 4)) < 1e-6)
  })
}

for (const radix of [2, 4] as const) {
  for (const shift of [false, true]) {
    t.test(`the last gives bins, of ${radix} parts, ${shift ? 'negative frequencies first' : 'from 0 up'}`, async t => {
      const code = lastPass({
        ...parts,
        radix,
        shift,
        binBytes: 8,
        finish: f => ({
          put(address, offset, { re, im }) {
            f.store(address, offset, re)
            f.store(address, offset + 16, im)
          },
        }),
      })
      const machine: Running = running(code)
      const z = randomComplex(SIZE, 'last')
      writeUnits(machine.floats, SOURCE, z)
      machine.run(0, TARGET)
      const bins = pass(z, SIZE / radix, radix)
      const half = (numbers: Float64Array) =>
        shift ? Float64Array.of(...numbers.subarray(SIZE / 2), ...numbers.subarray(0, SIZE / 2)) : numbers
      const expected = { re: half(bins.re), im: half(bins.im) }
      t.ok(complexDistance(readUnits(machine.floats, TARGET), expected) < 1e-6)
    })
  }
}
