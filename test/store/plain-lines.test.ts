// The lines that sensors write, found by their bytes.

import t from 'tap'
import { Line } from '../../src/codec/line.ts'
import { cutPlainLine } from '../../src/store/plain-lines.ts'
import { rowOf, rowsOfLines } from '../../src/store/rows.ts'

const PADDING = '{"id":"before"}\n'

function lineOf(text: string): Line {
  const buffer = Buffer.from(`${PADDING}${text}\n{"value":1}`)
  const start = PADDING.length
  const end = buffer.lastIndexOf('\n')
  return new Line(buffer, start, end, { source: 'x', offset: 0, line: 1 })
}

const plain = (value: string, name = 's') => `{"timestamp":"2026","id":"i-1","name":"${name}","value":${value}}`

t.test('a plain line is cut into what JSON.parse says', async t => {
  const texts = ['0', '-7', '12.5', '1e3', '9007199254740991', '71.24243270000001', '5e-324'].map(value => plain(value))
  for (const text of [...texts, plain('1', ''), plain('1', 'Grüße 😀 {:,}'), plain('1').replace('2026', '')]) {
    const line = lineOf(text)
    const places: number[] = []
    t.ok(cutPlainLine(line, places), text)
    const [row] = rowsOfLines({ buffer: line.buffer, places })
    t.same(row, { ...JSON.parse(text), extra: null, data: null })
    t.same(rowOf(line), row)
  }
})

t.test('any other line is left to the parser', async t => {
  const others = [
    ...['-0', '-0.0', '1e300', '9007199254740993', '1e999', '01', '1.', '-', '"1"', 'null', '1 ', '1,"seq":2'].map(
      value => plain(value),
    ),
    plain('1', 'a\\n'),
    plain('1', 'a\tb'),
    plain('1').replace('"id"', '"ID"'),
    plain('1').replace('{"', '{ "'),
    '{"name":"s","value":1}',
    '{"timestamp":"2026',
    '{}',
  ]
  for (const text of others) {
    const places: number[] = []
    t.notOk(cutPlainLine(lineOf(text), places), text)
    t.same(places, [])
  }
})
