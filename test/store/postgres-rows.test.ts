// Rows as PostgreSQL stores them, and back.

import t from 'tap'
import { cellsOfRow, rowOfCells } from '../../src/store/postgres-rows.ts'
import type { Row } from '../../src/store/rows.ts'

const EMPTY: Row = { timestamp: null, id: null, name: null, value: null, extra: null, data: null }
const EXACT = '2026-11-21T04:00:00.123Z'

t.test('what the types of the columns would change lies in extra, and comes back', async t => {
  const rows: readonly (readonly [row: Partial<Row>, time: string | null, extra: string | null])[] = [
    [{ timestamp: EXACT, value: 1.5 }, EXACT, null],
    [{ timestamp: '2026-11-21T04:00:00Z' }, '2026-11-21T04:00:00Z', '{"timestamp":"2026-11-21T04:00:00Z"}'],
    [
      { timestamp: '2026-11-21T04:00:00.123456+02:00' },
      '2026-11-21T02:00:00.123Z',
      '{"timestamp":"2026-11-21T04:00:00.123456+02:00"}',
    ],
    [{ timestamp: '2026-02-30T00:00:00.000Z' }, '2026-03-02T00:00:00.000Z', '{"timestamp":"2026-02-30T00:00:00.000Z"}'],
    [{ timestamp: 'soon "\\' }, null, '{"timestamp":"soon \\"\\\\"}'],
    [{ timestamp: '5' }, null, '{"timestamp":"5"}'],
    [{ timestamp: '0000-01-01T00:00:00.000Z' }, null, '{"timestamp":"0000-01-01T00:00:00.000Z"}'],
    [{ value: 'text', extra: '{"a":1}' }, null, '{"value":"text","a":1}'],
    [{ value: 2n ** 62n, extra: '{"a":1}' }, null, `{"value":${2n ** 62n},"a":1}`],
    [{ value: -(2n ** 62n) }, null, `{"value":-${2n ** 62n}}`],
    [{ id: 'a\0b', name: '\0', value: 3 }, null, '{"id":"a\\u0000b","name":"\\u0000"}'],
    [
      { timestamp: 'x', value: 'y', extra: '{"z":{"timestamp":"t"}}' },
      null,
      '{"timestamp":"x","value":"y","z":{"timestamp":"t"}}',
    ],
    [{ extra: '{"value":true,"name":5}' }, null, '{"value":true,"name":5}'],
    [{ extra: '{"value":null}' }, null, '{"value":null}'],
    [{ data: Uint8Array.of(1) }, null, null],
    [{}, null, null],
  ]
  for (const [part, time, extra] of rows) {
    const row = { ...EMPTY, ...part }
    const cells = cellsOfRow(row)
    const [timeCell, , , , extraCell] = cells
    t.equal(timeCell, time)
    t.equal(extraCell, extra)
    t.same(rowOfCells(cells), row, JSON.stringify(cells))
  }
})
