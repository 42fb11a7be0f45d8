// Packets on the screen.

import t from 'tap'
import { gapPacket, packet } from '../../src/packet.ts'
import { screen } from '../../src/store/screen.ts'
import type { StoreContext } from '../../src/store/store.ts'
import { Ledger } from '../../src/stream/ledger.ts'
import { parseEndpoint } from '../../src/url.ts'

async function printed(url: string, terminal: StoreContext['terminal'], ...batches: Parameters<typeof packet>[0][][]) {
  const texts: string[] = []
  const ledger = new Ledger()
  const store = await screen.open(parseEndpoint(url), {
    ledger,
    reject: () => {},
    warn: () => {},
    sync: 'never',
    rotation: {},
    terminal,
    print: text => {
      texts.push(text)
    },
  })
  for (const batch of batches) await store.write(batch.map(meta => packet(meta)))
  await store.close()
  return { text: texts.join(''), count: ledger.report()[url] }
}

const MESSAGES = [
  { timestamp: '2026-11-21T12:00:00.000Z', id: '019', name: 'sensor-1', value: -42 },
  { timestamp: '2026-11-21T12:00:05.000Z', id: '020', name: 'sensor-10', value: 7 },
]
const plain = { columns: 80, color: false }

t.test('in a pipe the values are joined by TAB, without a header', async t => {
  const { text, count } = await printed('screen:', undefined, MESSAGES)
  t.equal(text, '2026-11-21T12:00:00.000Z\t019\tsensor-1\t-42\n2026-11-21T12:00:05.000Z\t020\tsensor-10\t7\n')
  t.match(count, { in: 2, out: 2 })
})

t.test('a TAB or newline inside a value does not make another cell or line', async t => {
  const { text } = await printed('screen:', undefined, [{ name: 'a\tb\nc\\d\x1b[2J', value: null }])
  t.equal(text, 'a\\tb\\nc\\\\d\\x1b[2J\t-\n')
})

t.test('the columns can be chosen', async t => {
  const { text } = await printed('screen:?columns=value,unit,name', undefined, MESSAGES)
  t.equal(text, '-42\t\tsensor-1\n7\t\tsensor-10\n')
  await t.rejects(printed('screen:?columns=a,a', undefined), /'a' is there twice/)
  await t.rejects(printed('screen:?columns=', undefined), /expected for example/)
})

t.test('a terminal gets aligned columns under a header, numbers to the right', async t => {
  const { text } = await printed('screen:', plain, MESSAGES)
  t.equal(
    text,
    [
      'timestamp                 name       value',
      '2026-11-21T12:00:00.000Z  sensor-1     -42',
      '2026-11-21T12:00:05.000Z  sensor-10      7',
      '',
    ].join('\n'),
  )
})

t.test('a key that turns up later is a new column, and the header is shown again', async t => {
  const { text } = await printed('screen:', plain, [{ name: 'a' }], [{ name: 'b', unit: 'K' }], [{ name: 'c' }])
  t.equal(text, 'name\na\nname  unit\nb     K\nc\n')
})

t.test('lines are cut at the width of the terminal', async t => {
  const { text } = await printed('screen:', { columns: 10, color: false }, [{ name: 'a long name indeed' }])
  t.equal(text, 'name\na long na…\n')
})

t.test('colour is restrained: a dim header, gaps in yellow', async t => {
  const gap = gapPacket({ lost: 3, reason: 'overflow', stage: 'inbox' }).meta
  const { text } = await printed('screen:', { columns: 40, color: true }, [{ name: 'a' }, gap])
  t.equal(text, '\x1b[2mname\x1b[0m\na\n\x1b[33m-- 3 lost: overflow, inbox --\x1b[0m\n')
})

t.test('data is shown by its size, objects as JSON', async t => {
  const texts: string[] = []
  const store = await screen.open(parseEndpoint('screen:'), {
    ledger: new Ledger(),
    reject: () => {},
    warn: () => {},
    sync: 'never',
    rotation: {},
    terminal: undefined,
    print: async text => {
      texts.push(text)
    },
  })
  await store.write([packet({ shape: [2, 2] }, new Uint8Array(4))])
  t.same(texts, ['[2,2]\t<4 bytes>\n'])
})

t.test('columns beyond the edge of every terminal are none', async t => {
  const wide = { columns: 10_000, color: false }
  const records = Array.from({ length: 300 }, (_, at) => ({ [`k${at}`]: at }))
  const { text } = await printed('screen:', wide, records)
  t.equal(text.split('\n')[0]?.split('  ').length, 256)
})
