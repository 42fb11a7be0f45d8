import t from 'tap'
import { UsageError } from '../src/errors.ts'
import {
  formatDuration,
  formatSize,
  parseCount,
  parseDuration,
  parseFraction,
  parseNumber,
  parseShape,
  parseSize,
} from '../src/units.ts'

const tables: readonly [string, (text: string) => number, readonly (readonly [string, number])[], readonly string[]][] =
  [
    [
      'durations',
      parseDuration,
      [
        ['500ms', 500],
        ['5s', 5000],
        ['1m30s', 90_000],
        ['1h2m', 3_720_000],
        ['2.5', 2500],
        ['.5', 500],
        ['12:34', 754_000],
        ['1:02:03', 3_723_000],
        ['250us', 0.25],
        ['250µs', 0.25],
        ['1d', 86_400_000],
        ['0', 0],
      ],
      ['', 's', '5 s', '5x', '-1s', '1m 30s', '1:99:00x'],
    ],
    [
      'sizes',
      parseSize,
      [
        ['4096', 4096],
        ['64KiB', 65_536],
        ['10MB', 10_000_000],
        ['1.5G', 1_500_000_000],
        ['1k', 1000],
        ['2GiB', 2 ** 31],
        ['16B', 16],
      ],
      ['', '-1', '1XB', 'KiB'],
    ],
    [
      'numbers',
      parseNumber,
      [
        ['100', 100],
        ['1k', 1000],
        ['2.4M', 2_400_000],
        ['-3.5e6', -3_500_000],
        ['100Hz', 100],
        ['2.4GHz', 2.4e9],
      ],
      ['', 'k', '1x', '0x10'],
    ],
    [
      'counts',
      parseCount,
      [
        ['5', 5],
        ['1k', 1000],
        ['0', 0],
      ],
      ['-1', '1.5', '', '1e400'],
    ],
    [
      'fractions',
      parseFraction,
      [
        ['1%', 0.01],
        ['0.01', 0.01],
        ['100%', 1],
        ['0', 0],
      ],
      ['101%', '-1%', '2', '', '%'],
    ],
  ]

for (const [what, parse, good, bad] of tables) {
  t.test(`${what} are read as people write them`, async t => {
    for (const [text, value] of good) t.equal(parse(text), value, text)
    for (const text of bad) t.throws(() => parse(text), UsageError, `'${text}' is refused`)
  })
}

t.test('durations and sizes are written as people write them', async t => {
  t.same([0.25, 500, 1500, 90_000, 3_723_000].map(formatDuration), ['250us', '500ms', '1.5s', '1m30s', '1h2m3s'])
  t.same([0, 999, 65_536, 297_473_628].map(formatSize), ['0 B', '999 B', '65.5 kB', '297 MB'])
})

t.test('shapes', async t => {
  t.same(parseShape('1035,1060'), [1035, 1060])
  t.same(parseShape('4x2x1'), [4, 2, 1])
  t.same(parseShape('7'), [7])
  for (const text of ['', ',', '1,', '-1', '1.5', '1e3', 'x', '9007199254740993'])
    t.throws(() => parseShape(text), UsageError)
})
