// Times in file names.

import t from 'tap'
import { UsageError } from '../../src/errors.ts'
import { patternParts, patternTime, patternUnit, strftime } from '../../src/store/strftime.ts'

const TIME = Date.UTC(2026, 2, 4, 5, 6, 7, 89)

t.test('each directive gives the digits of strftime, in UTC', async t => {
  t.equal(strftime('log-%Y-%m-%d.csv', TIME), 'log-2026-03-04.csv')
  t.equal(strftime('%F_%T', TIME), '2026-03-04_05:06:07')
  t.equal(strftime('%H%M%S', TIME), '050607')
  t.equal(strftime('%j', TIME), '063')
  t.equal(strftime('%j', Date.UTC(2024, 11, 31)), '366')
  t.equal(strftime('%s', TIME), String(Math.floor(TIME / 1000)))
  t.equal(strftime('100%%F.csv', TIME), '100%F.csv')
  t.equal(strftime('plain.csv', TIME), 'plain.csv')
})

t.test('an unknown directive is named together with the known ones', async t => {
  t.throws(() => strftime('log-%Q.csv', TIME), UsageError)
  t.throws(() => strftime('log-%Q.csv', TIME), /unknown '%Q': expected %Y %m %d/)
  t.throws(() => strftime('log-%', TIME), /unknown '%'/)
})

t.test('the unit is the shortest time for which the name stays the same', async t => {
  t.equal(patternUnit(patternParts('%Y/%j')), 86_400_000)
  t.equal(patternUnit(patternParts('%F-%H')), 3_600_000)
  t.equal(patternUnit(patternParts('%T')), 1000)
  t.equal(patternUnit(patternParts('log.csv')), Number.POSITIVE_INFINITY)
})

t.test('the digits say the time again, if they say the year', async t => {
  t.equal(patternTime(['Y', 'm', 'd', 'H'], ['2026', '03', '04', '05']), Date.UTC(2026, 2, 4, 5))
  t.equal(patternTime(['Y', 'j'], ['2026', '063']), Date.UTC(2026, 2, 4))
  t.equal(patternTime(['s'], ['1700000000']), 1_700_000_000_000)
  t.equal(patternTime(['m', 'd'], ['03', '04']), undefined)
})
