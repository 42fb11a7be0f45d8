import t from 'tap'
import { inColumns } from '../../../src/commands/broker/status-columns.ts'
import { StatusRates, total } from '../../../src/commands/broker/status-rates.ts'
import { screenText, tableText } from '../../../src/commands/broker/status-table.ts'
import { packet } from '../../../src/packet.ts'

const broker = (received: number) =>
  packet({
    kind: 'broker',
    since: '2026-01-01T00:00:00.000Z',
    clients: 1,
    bindings: 2,
    retained: 0,
    received,
    sent: 5,
    dropped: {},
  })
const client = packet({
  kind: 'client',
  client: 'unix:bus#1',
  name: 'radio',
  policy: 'latest',
  patterns: ['a.#', 'b'],
  groups: ['g'],
  received: 3,
  sent: 20,
  dropped: { superseded: 4, expired: 1 },
  pending: 2,
})
const group = packet({ kind: 'group', group: 'g', members: 1, waiting: 7, lost: 0 })

t.test('a state as a table', async t => {
  t.equal(
    tableText([broker(10), client, group], 200),
    [
      'broker since 2026-01-01T00:00:00.000Z: 1 clients, 2 bindings, 0 retained; 10 received, 5 sent, 0 dropped',
      'client      name   policy  received  sent  dropped  pending  patterns',
      'unix:bus#1  radio  latest         3    20        5        2  a.# b (group g)',
      'group g: 1 members, 7 waiting, 0 lost',
    ].join('\n'),
  )
  t.ok(
    tableText([broker(10), client, group], 40)
      .split('\n')
      .every(line => line.length <= 40),
  )
})

t.test('control characters of a client do not reach the terminal', async t => {
  const bad = packet({ ...client.meta, patterns: ['\x1b[2J'], addresses: ['lab.rooms'], groups: [], name: '\x07' })
  t.match(
    tableText([bad, packet({ ...group.meta, group: '\x9b1m' })], 200),
    /\\x07 .*\\x1b\[2J \(at lab\.rooms\)\ngroup \\x9b1m:/,
  )
})

t.test('a live table takes the place of the one before, and no more rows than there are', async t => {
  const table = 'a\nb\nc\nd'
  t.equal(screenText('a\nb', { rows: 5, isFirst: true }), '\x1b[2J\x1b[Ha\x1b[K\nb\x1b[K\n\x1b[J')
  t.equal(screenText(table, { rows: 4, isFirst: false }), '\x1b[Ha\x1b[K\nb\x1b[K\n… 2 more\x1b[K\n\x1b[J')
  t.equal(screenText(table, { rows: 5, isFirst: false }).match(/\n/g)?.length, 4)
})

t.test('rates are those since the state before', async t => {
  const rates = new StatusRates()
  t.same(rates.push([broker(10)], 1000), [broker(10)])
  const [second] = rates.push([broker(30), client], 3000)
  t.match(second?.meta, { received_per_second: 10, sent_per_second: 0, dropped_per_second: 0 })
  t.match(tableText([second ?? broker(0)], 200), /30 \(10\/s\) received/)
  const { sent: _, ...uncounted } = broker(20).meta
  const [third, , again] = rates.push([packet(uncounted), client, group], 4000)
  t.same(third?.meta, { ...uncounted, dropped_per_second: 0 }, 'neither what went down nor what is not counted')
  t.same(again?.meta, group.meta)
  t.same(rates.push([group], 5000), [group])
  t.same([total(3), total({ a: 1, b: 2 }), total('x'), total(undefined)], [3, 3, 0, 0])
})

t.test('in columns each row has all of them, and nothing is left out', async t => {
  const rows = inColumns([broker(10), client, group]).map(({ meta }) => meta)
  const [first, second, third] = rows
  t.equal(new Set(rows.map(row => Object.keys(row).join())).size, 1)
  t.match(first, { kind: 'broker', received: 10, client: null, received_per_second: null })
  t.same(first?.['extra'], { since: '2026-01-01T00:00:00.000Z', clients: 1, bindings: 2, retained: 0 })
  t.match(second, { client: 'unix:bus#1', dropped: { superseded: 4, expired: 1 }, extra: { groups: ['g'] } })
  t.match(third, { kind: 'group', group: 'g', waiting: 7, received: null, extra: null })
})

t.test('the journal and its consumers have a line each, which obeys no control characters', async t => {
  const journal = { folder: 'kept\u001b[2J', sync: 'always', first: 3, next: 9, kept: 9, bytes: 1234 }
  const consumer = { kind: 'consumer', consumer: 'c', members: 0, offset: 5, lag: 4, unacknowledged: 2, lost: 0 }
  const full = { ...journal, folder: 'kept', error: 'kept: no space left on device' }
  const table = (more: object) => tableText([packet({ ...broker(3).meta, ...more }), packet(consumer)], 120).split('\n')
  t.same(table({ journal }).slice(1), [
    'journal kept\\x1b[2J: packets 3 to 9, 1234 bytes, sync always',
    'consumer c: 0 members, at 5, 4 behind, 2 unacknowledged',
  ])
  t.match(table({ journal: full })[1], /sync always; kept: no space left on device/)
  const missing = tableText([packet({ ...consumer, lost: 7 })], 120)
  t.match(missing, /unacknowledged, 7 lost$/)
})
