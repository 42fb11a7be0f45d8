import t from 'tap'
import { Ledger, StageCount } from '../../src/stream/ledger.ts'

t.test('a stage counts its losses by reason', async t => {
  const count = new StageCount()
  count.drop('overflow')
  count.drop('overflow', 4)
  count.drop('late')
  count.reject('invalid JSON', 2)
  t.same(Object.fromEntries(count.dropped), { overflow: 5, late: 1 })
  t.equal(count.lost, 8)
})

t.test('duplicates and late packets are counted, but are no loss', async t => {
  const ledger = new Ledger()
  const stage = ledger.stage('store')
  stage.duplicate = 2
  stage.late = 3
  t.equal(ledger.lost, 0)
  t.match(ledger.summary(), /2 duplicate, 3 late/)
})

t.test('a name is one stage, and losses of all stages add up', async t => {
  const ledger = new Ledger()
  t.equal(ledger.stage('input'), ledger.stage('input'))
  ledger.stage('input').reject('cut', 2)
  ledger.stage('queue').drop('overflow', 3)
  t.equal(ledger.lost, 5)
})

t.test('the report is plain JSON of every counter, in the order of the stages', async t => {
  const ledger = new Ledger()
  Object.assign(ledger.stage('input'), { in: 10, bytes: 99, duplicate: 1, late: 2 })
  ledger.stage('input').reject('invalid JSON')
  Object.assign(ledger.stage('output'), { out: 9 }).drop('overflow')
  const report = JSON.parse(JSON.stringify(ledger.report()))
  const rejected = { 'invalid JSON': 1 }
  t.same(report, {
    input: { in: 10, out: 0, dropped: {}, rejected, duplicate: 1, late: 2, bytes: 99 },
    output: { in: 0, out: 9, dropped: { overflow: 1 }, rejected: {}, duplicate: 0, late: 0, bytes: 0 },
  })
  t.same(Object.keys(report), ['input', 'output'])
})

t.test('a stage has the peers of all its endpoints, those of one name as one', async t => {
  const stage = new StageCount()
  t.notOk('peers' in stage.report())
  stage.countPeers(() => ({ a: { written: 3, sent: 2, dropped: { overflow: 1 }, pending: 0 } }))
  stage.countPeers(() => ({ b: { received: 1 }, a: { written: 1, sent: 1, dropped: { overflow: 2 }, pending: 0 } }))
  t.same(stage.report().peers, {
    a: { written: 4, sent: 3, dropped: { overflow: 3 }, pending: 0 },
    b: { received: 1 },
  })
})

t.test('the report is a copy: later counts do not change it', async t => {
  const ledger = new Ledger()
  const before = ledger.report()
  ledger.stage('input').reject('cut')
  t.same(before, {})
})

t.test('the summary says in one line what came, went and was lost, and why', async t => {
  const ledger = new Ledger()
  ledger.stage('input').in = 1000
  ledger.stage('input').reject('invalid JSON', 2)
  ledger.stage('input').reject('cut off')
  ledger.stage('output').out = 998
  t.equal(ledger.summary(), 'input: 1000 in, 3 rejected (2 invalid JSON, 1 cut off); output: 998 out')
})

t.test('the summary says nothing for nothing, and a store by its plain name', async t => {
  const ledger = new Ledger()
  ledger.stage('input').reject('cut off')
  ledger.stage('output')
  ledger.stage('screen:').out = 3
  t.equal(ledger.summary(), 'input: 1 rejected (1 cut off); output: nothing; screen: 3 out')
})
