import t from 'tap'
import { COLOR_MAP, hex, shadeOf } from '../../src/chart/color-map.ts'

t.test('from dark to bright, each shade brighter than the one before', async t => {
  const light = COLOR_MAP.map(([red, green, blue]) => 0.2126 * red + 0.7152 * green + 0.0722 * blue)
  t.equal(COLOR_MAP.length, 256)
  t.ok(light.every((one, shade) => shade === 0 || one >= (light[shade - 1] ?? 0) - 0.5))
  t.same(
    [0, 255].map(shade => hex(COLOR_MAP[shade] ?? [9, 9, 9])),
    ['#000004', '#fcffa4'],
  )
})

t.test('a level has its shade, whatever it is', async t => {
  t.same(
    [-120, -60.01, 0, 99, -999, Number.NaN, Number.NEGATIVE_INFINITY].map(level => shadeOf(level, -120, 0)),
    [0, 127, 255, 255, 0, 0, 0],
  )
})
