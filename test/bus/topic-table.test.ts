import t from 'tap'
import { TopicTable } from '../../src/bus/topic-table.ts'
import { Envelope } from '../../src/codec/envelope.ts'

const envelope = new Envelope()
function lookUp<Route>(table: TopicTable<Route>, topic: string) {
  const buffer = Buffer.from(`${JSON.stringify({ topic })}\n`)
  envelope.scan(buffer, 0, buffer.length - 1)
  return table.get(buffer, envelope)
}

t.test('a topic is asked for once, until routes may have changed', async t => {
  const asked: string[] = []
  const table = new TopicTable(text => asked.push(text))
  for (const topic of ['a.b', 'a.c', 'a.b', 'a.b', 'ä"\n', 'ä"\n', '']) t.equal(lookUp(table, topic).text, topic)
  t.same(asked, ['a.b', 'a.c', 'ä"\n', ''])
  table.outdate()
  lookUp(table, 'a.b')
  lookUp(table, 'a.b')
  t.same(asked.slice(4), ['a.b'])
})

t.test('topics of the same hash are told apart', async t => {
  const table = new TopicTable(text => text)
  // FNV-1a of 32 bits: these collide.
  for (const topic of ['costarring', 'liquid', 'costarring', 'declinate', 'macallums', 'declinate']) {
    t.equal(lookUp(table, topic).route, topic)
  }
})

t.test('any number of topics is right, though few are kept', async t => {
  let asked = 0
  const table = new TopicTable(text => {
    asked++
    return text
  })
  for (let round = 0; round < 2; round++)
    for (let i = 0; i < 70_000; i++) if (lookUp(table, `t.${i}`).route !== `t.${i}`) t.fail(`t.${i}`)
  t.ok(asked >= 70_000 && asked <= 140_000, String(asked))
})
