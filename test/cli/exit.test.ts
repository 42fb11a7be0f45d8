import t from 'tap'
import { EXIT, EXIT_CODES, exitCodeOf } from '../../src/cli/exit.ts'
import { CarrierError, DataError, ReaderGone, TimedOut, UsageError } from '../../src/errors.ts'

t.test('each kind of error has its exit code', async t => {
  t.equal(exitCodeOf(new UsageError('x')), 2)
  t.equal(exitCodeOf(new DataError({ source: 'x' }, 'y')), 1)
  t.equal(exitCodeOf(new CarrierError('x', 'y')), 1)
  t.equal(exitCodeOf(new TimedOut('x')), 124)
  t.equal(exitCodeOf(new ReaderGone('x')), 141)
  t.equal(exitCodeOf(new Error('x')), 1)
  t.equal(exitCodeOf('thrown text'), 1)
})

t.test('signals and shells agree with the codes', async t => {
  t.match(EXIT, { done: 0, lost: 3, interrupted: 128 + 2, readerGone: 128 + 13, terminated: 128 + 15 })
})

t.test('every code is explained once', async t => {
  t.same(
    EXIT_CODES.map(({ code }) => code).toSorted((a, b) => a - b),
    Object.values(EXIT).toSorted((a, b) => a - b),
  )
  for (const { code, meaning } of EXIT_CODES) t.match(meaning, /^[a-z]/, `${code}`)
})
