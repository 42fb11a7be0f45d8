// The transform against the definition, NumPy, and what must hold of it.

import t from 'tap'
import { fft, realFft } from '../../src/dsp/fft.ts'
import { type Complex, complex } from '../../src/dsp/roots.ts'
import {
  complexDistance,
  directTransform,
  distance,
  randomComplex,
  randomNumbers,
  toComplex,
  vectors,
} from '../support/spectrum.ts'

/** All up to 66, primes and their multiples on both sides of the greatest direct factor, powers, round numbers. */
const SIZES = [...Array.from({ length: 66 }, (_, n) => n + 1), 74, 93, 97, 100, 128, 211, 256, 341, 343, 480, 509, 512]

function forward(z: Complex): Complex {
  const made = { re: z.re.slice(), im: z.im.slice() }
  fft(z.re.length).forward(made)
  return made
}

function inverse(z: Complex): Complex {
  const made = { re: z.re.slice(), im: z.im.slice() }
  fft(z.re.length).inverse(made)
  return made
}

const energy = ({ re, im }: Complex) => re.reduce((sum, x, k) => sum + x ** 2 + (im[k] ?? 0) ** 2, 0)

t.test('every size agrees with the definition', async t => {
  for (const size of SIZES) {
    const z = randomComplex(size, `${size}`)
    const apart = complexDistance(forward(z), directTransform(z))
    t.ok(apart < 1e-13 * Math.max(10, size), `${size}: ${apart}`)
  }
})

t.test('NumPy says the same of complex and of real numbers', async t => {
  for (const { size, re, im, fft: bins, rfft } of vectors().transforms) {
    t.ok(complexDistance(forward(toComplex({ re, im })), toComplex(bins)) < 1e-13, `fft ${size}`)
    t.ok(complexDistance(realFft(size).forward(Float64Array.from(re)), toComplex(rfft)) < 1e-13, `rfft ${size}`)
  }
})

t.test('small ones known by heart', async t => {
  const real = (...re: number[]) => ({ re: Float64Array.from(re), im: new Float64Array(re.length) })
  const four = forward(real(1, 2, 3, 4))
  t.same([...four.re], [10, -2, -2, -2])
  t.same([...four.im], [0, 2, 0, -2])
  const five = forward(real(1, 2, 3, 4, 5))
  t.ok(distance(five.re, [15, -2.5, -2.5, -2.5, -2.5]) < 1e-14)
  t.ok(distance(five.im, [0, 3.440954801177933, 0.8122992405822659, -0.8122992405822659, -3.440954801177933]) < 1e-14)
  const six = forward(real(0, 1, 2, 3, 4, 5))
  t.ok(distance(six.im, [0, 5.196152422706632, 1.7320508075688772, 0, -1.7320508075688772, -5.196152422706632]) < 1e-14)
  const line = complex(8)
  for (let n = 0; n < 8; n++) {
    line.re[n] = Math.cos((2 * Math.PI * n) / 8)
    line.im[n] = Math.sin((2 * Math.PI * n) / 8)
  }
  t.ok(complexDistance(forward(line), real(0, 8, 0, 0, 0, 0, 0, 0)) < 1e-14)
  const impulse = realFft(4).forward(Float64Array.of(0, 1, 0, 0))
  t.same([...impulse.re], [1, 0, -1])
  t.same([...impulse.im].map(Math.abs), [0, 1, 0])
})

t.test('the inverse undoes it', async t => {
  for (const size of [...SIZES, 1000, 4096, 10007]) {
    const z = randomComplex(size, `${size}`)
    t.ok(complexDistance(inverse(forward(z)), z) < 1e-13, `${size}`)
    const samples = randomNumbers(size, `${size}`)
    const plan = realFft(size)
    t.equal(plan.bins, Math.floor(size / 2) + 1)
    t.ok(distance(plan.inverse(plan.forward(samples)), samples) < 1e-13, `real ${size}`)
  }
})

t.test('Parseval: the energy is that of the samples, times the size', async t => {
  for (const size of [4096, 6000, 10007]) {
    const z = randomComplex(size, `${size}`)
    t.ok(Math.abs(energy(forward(z)) / energy(z) / size - 1) < 1e-13, `${size}`)
  }
})

t.test('linearity', async t => {
  for (const size of [16, 30, 37]) {
    const [a, b] = [randomComplex(size, 'a'), randomComplex(size, 'b')]
    const mixed = (x: Complex, y: Complex) => ({
      re: x.re.map((value, k) => 2 * value - 3 * (y.re[k] ?? 0)),
      im: x.im.map((value, k) => 2 * value - 3 * (y.im[k] ?? 0)),
    })
    t.ok(complexDistance(forward(mixed(a, b)), mixed(forward(a), forward(b))) < 1e-12, `${size}`)
  }
})

t.test('shift: samples a step later are bins turned by their frequency', async t => {
  for (const size of [16, 30, 37]) {
    const z = randomComplex(size, 'shift')
    const later = complex(size)
    for (let n = 0; n < size; n++) {
      later.re[(n + 1) % size] = z.re[n] ?? 0
      later.im[(n + 1) % size] = z.im[n] ?? 0
    }
    const bins = forward(z)
    const turned = complex(size)
    for (let k = 0; k < size; k++) {
      const angle = (-2 * Math.PI * k) / size
      const [re, im, c, s] = [bins.re[k] ?? 0, bins.im[k] ?? 0, Math.cos(angle), Math.sin(angle)]
      turned.re[k] = re * c - im * s
      turned.im[k] = re * s + im * c
    }
    t.ok(complexDistance(forward(later), turned) < 1e-12, `${size}`)
  }
})

t.test('a size that is none is refused', async t => {
  for (const size of [0, -4, 2.5, Number.NaN]) t.throws(() => fft(size), RangeError)
})
