// The names of the files of one store.

import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { FileSeries } from '../../src/store/file-series.ts'

const NOON = Date.UTC(2026, 10, 21, 12)

t.test('a name without directives never changes, and finished files are stamped in order', async t => {
  const folder = t.testdir({ 'log.csv': '', 'log.txt': '', 'log.2.csv': '', 'other.csv': '' })
  const series = new FileSeries(`${folder}/log.csv`)
  t.equal(series.path(NOON), `${folder}/log.csv`)
  const first = series.finishedPath(`${folder}/log.csv`, NOON)
  t.equal(first, `${folder}/log.2026-11-21T120000.000Z.csv`)
  writeFileSync(first, '')
  const second = series.finishedPath(`${folder}/log.csv`, NOON)
  t.equal(second, `${folder}/log.2026-11-21T120000.001Z.csv`, 'the same moment does not give the same name')
  writeFileSync(second, '')
  const third = series.finishedPath(`${folder}/log.csv`, NOON - 5000)
  t.equal(third, `${folder}/log.2026-11-21T120000.002Z.csv`, 'a clock that was set back does not change the order')
  writeFileSync(third, '')
  t.same(series.files(), [first, second, third, `${folder}/log.csv`], 'other files are no part of the series')
})

t.test('directives follow the time, and the files are found in the order of their times', async t => {
  const folder = t.testdir({ 'log-21-11-2026.csv': '', 'log-01-12-2026.csv': '', 'log-x.csv': '' })
  const series = new FileSeries(`${folder}/log-%d-%m-%Y.csv`)
  t.equal(series.path(NOON), `${folder}/log-21-11-2026.csv`)
  t.equal(series.path(NOON + 86_400_000), `${folder}/log-22-11-2026.csv`)
  t.equal(series.path(NOON), `${folder}/log-21-11-2026.csv`, 'a clock may be set back')
  writeFileSync(series.finishedPath(`${folder}/log-21-11-2026.csv`, NOON), '')
  t.same(
    series.files().map(path => path.slice(folder.length + 1)),
    ['log-21-11-2026.2026-11-21T120000.000Z.csv', 'log-21-11-2026.csv', 'log-01-12-2026.csv'],
  )
})

t.test('a time may be in the folders, and in the ending', async t => {
  const folder = t.testdir({ '2025': { 'a-12.csv': '' }, '2026': { 'a-11.csv': '', 'a-2.csv': '' }, x: {} })
  const series = new FileSeries(`${folder}/%Y/a-%m.csv`)
  t.ok(series.makesFolders)
  t.same(series.files(), [`${folder}/2025/a-12.csv`, `${folder}/2026/a-11.csv`])
  const ending = new FileSeries(`${folder}/log.%Y`)
  writeFileSync(`${folder}/log.2026`, '')
  const finished = ending.finishedPath(`${folder}/log.2026`, NOON)
  t.equal(finished, `${folder}/log.2026.2026-11-21T120000.000Z`)
  writeFileSync(finished, '')
  t.same(ending.files(), [finished, `${folder}/log.2026`])
})

t.test('where the name does not say the year, the time of the last write gives the order', async t => {
  const folder = t.testdir({ 'a-01.csv': '', 'a-02.csv': '' })
  mkdirSync(`${folder}/a-03.csv`)
  utimesSync(`${folder}/a-01.csv`, 2000, 2000)
  utimesSync(`${folder}/a-02.csv`, 1000, 1000)
  t.same(new FileSeries(`${folder}/a-%H.csv`).files(), [`${folder}/a-02.csv`, `${folder}/a-01.csv`])
})

t.test('a folder that is not there has no files', async t => {
  t.same(new FileSeries(`${t.testdir()}/none/%Y/log.csv`).files(), [])
})
