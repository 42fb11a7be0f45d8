import { execFileSync } from 'node:child_process'
import t from 'tap'
import { UsageError } from '../../src/errors.ts'
import { isPattern, parsePattern } from '../../src/valkyrie/pattern.ts'
import { DEBIAN_PYTHON, noPython } from '../support/python.ts'

const PATTERNS = ['f_%d', 'f_%03d', '%06d', 'dir/f%5d.x', '/a/b%%c_%02i', 'f%u%%']

t.test('a number becomes a name, and the name the number again', async t => {
  for (const text of PATTERNS) {
    const pattern = parsePattern(text)
    t.equal(isPattern(text), true)
    for (const number of [0, 7, 42, 999, 1000, 1234567]) {
      const base = pattern.name(number).slice(pattern.name(number).lastIndexOf('/') + 1)
      t.equal(pattern.number(base), number, `${text} ${number}`)
    }
  }
  t.equal(parsePattern('dir/f%03d').folder, 'dir/')
  t.equal(parsePattern('f%03d').folder, '.')
})

t.test('what the pattern cannot have made is none of its names', async t => {
  const pattern = parsePattern('f_%03d.x')
  for (const base of ['f_1.x', 'f_0001.x', 'f_.x', 'f_-01.x', 'g_001.x', 'f_001.y', 'f_00a.x', '.x', 'f_1e3.x']) {
    t.equal(pattern.number(base), undefined, base)
  }
})

t.test("names are those of Python's %", { skip: noPython }, async t => {
  const program = 'import sys\nfor n in (0, 7, 123456): print(sys.argv[1] % n)'
  for (const text of PATTERNS) {
    const names = execFileSync(DEBIAN_PYTHON, ['-c', program, text], { encoding: 'utf8' }).split('\n').slice(0, -1)
    t.same([0, 7, 123456].map(parsePattern(text).name), names, text)
  }
})

t.test('a text without exactly one number is refused', async t => {
  for (const text of ['f', '', 'f_%s', '%d_%d', 'f_%', '%%', '%-5d', 'f_%d/x']) {
    t.throws(() => parsePattern(text), UsageError, text)
  }
  t.equal(isPattern('frames.daq'), false)
  t.equal(isPattern('100%%.daq'), false)
  t.equal(isPattern('f_%s'), true)
})
