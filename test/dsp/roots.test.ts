// Roots of unity: exact where they can be, never a unit further away elsewhere.

import t from 'tap'
import { rootsOfUnity } from '../../src/dsp/roots.ts'
import { distance } from '../support/spectrum.ts'

t.test('the eighths of a turn are exact', async t => {
  const { re, im } = rootsOfUnity(8)
  t.same([re[1], re[3], re[5], re[7]], [Math.SQRT1_2, -Math.SQRT1_2, -Math.SQRT1_2, Math.SQRT1_2])
  t.same([im[1], im[3], im[5], im[7]], [-Math.SQRT1_2, -Math.SQRT1_2, Math.SQRT1_2, Math.SQRT1_2])
  t.same([re[0], re[2], re[4], re[6]], [1, 0, -1, 0])
  t.same([im[0], im[2], im[4], im[6]], [0, -1, 0, 1])
})

t.test('they agree with cosine and sine, and mirror exactly', async t => {
  for (const size of [1, 2, 3, 5, 7, 12, 100, 1024, 1000]) {
    const { re, im } = rootsOfUnity(size)
    const angles = Array.from({ length: size }, (_, k) => (2 * Math.PI * k) / size)
    t.ok(distance(re, angles.map(Math.cos)) < 1e-15, `cosines of ${size}`)
    t.ok(
      distance(
        im,
        angles.map(angle => -Math.sin(angle)),
      ) < 1e-15,
      `sines of ${size}`,
    )
    t.same([...re.subarray(1)], [...re.subarray(1)].reverse(), `cosines of ${size} mirror`)
    t.same(
      [...im.subarray(1)],
      [...im.subarray(1)].reverse().map(sine => 0 - sine),
      `sines of ${size} mirror`,
    )
  }
})
