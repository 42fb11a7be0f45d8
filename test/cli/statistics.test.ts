import t from 'tap'
import { statistics } from '../../src/cli/statistics.ts'
import { Ledger } from '../../src/stream/ledger.ts'

t.test('statistics are one line of JSON: who, when, how big, and every counter', async t => {
  const ledger = new Ledger()
  ledger.stage('input').in = 7
  ledger.stage('input').reject('cut', 2)
  const line = statistics('repack', ledger)
  t.notMatch(line, '\n')
  const { stats } = JSON.parse(line)
  t.same([stats.command, stats.pid], ['repack', process.pid])
  t.same(stats.stages, JSON.parse(JSON.stringify(ledger.report())))
  t.ok(Math.abs(Date.parse(stats.timestamp) - Date.now()) < 60_000)
  t.ok(Number.isInteger(stats.uptime_ms) && stats.uptime_ms > 0)
  t.ok(stats.rss > 1e6, 'bytes, not kilobytes')
})
