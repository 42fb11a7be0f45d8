import t from 'tap'
import { COLORS, labOf, shadeOf, shadeOfLevel, shadeText } from '../../src/chart/color-map.ts'

t.test('each shade is lighter than the one before, in nearly equal steps', async t => {
  const lights = Array.from({ length: 256 }, (_, shade) => labOf(shadeText(shade))[0])
  const steps = lights.slice(1).map((light, at) => light - (lights[at] ?? 0))
  t.ok(Math.min(...steps) >= 0, `smallest ${Math.min(...steps)}`)
  t.ok(Math.max(...steps) < 0.012, `greatest ${Math.max(...steps)}`)
})

t.test('the ends are the first and the last anchor', async t => {
  t.equal(COLORS.length, 768)
  t.equal(shadeText(0), '#05070d')
  t.equal(shadeText(255), '#fffbe6')
})

t.test('a level has its place on the range, whatever it is', async t => {
  t.equal(shadeOfLevel(-60, -100, -20), 128)
  t.equal(shadeOfLevel(-100, -100, -20), 0)
  t.equal(shadeOfLevel(-20, -100, -20), 255)
  t.equal(shadeOfLevel(99, -100, -20), 255)
  for (const level of [-200, Number.NaN, Number.NEGATIVE_INFINITY]) t.equal(shadeOfLevel(level, -100, -20), 0)
  t.equal(shadeOf(Number.POSITIVE_INFINITY), 255)
})
