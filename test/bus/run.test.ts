import t from 'tap'
import { packetRun, Run } from '../../src/bus/run.ts'
import { packet } from '../../src/packet.ts'

const text = '{"topic":"a","n":1}\r\n {"topic":"a","n":2}\n{"topic":"a","n":3,"dtype":"uint8","data":"AQI="}\n'
const buffer = Buffer.from(`xx${text}yy`)
const lines = new Run('lines', buffer, { start: 2, end: buffer.length - 2, packets: 3 })
const numbers = (run: Run) => run.decoded().map(({ meta }) => meta['n'])

t.test('lines as they came, whole and cut', async t => {
  t.equal(lines.bytes.toString(), text)
  t.same(
    [numbers(lines), numbers(lines.without(1)), numbers(lines.only(2))],
    [
      [1, 2, 3],
      [2, 3],
      [1, 2],
    ],
  )
  t.same([...lines.each()].map(numbers), [[1], [2], [3]])
  t.equal([...lines.each()].map(run => run.bytes.toString()).join(''), text)
  t.equal(lines.only(1).bytes.toString() + lines.without(1).bytes.toString(), text)
  t.equal(lines.as('lines'), lines)
})

t.test('as frames and back it is the same', async t => {
  const frames = lines.as('frames')
  t.equal(lines.as('frames'), frames, 'made once')
  t.same(
    [frames.packets, numbers(frames), numbers(frames.without(2)), numbers(frames.only(1))],
    [3, [1, 2, 3], [3], [1]],
  )
  t.same([...(frames.decoded()[2]?.data ?? [])], [1, 2])
  t.same(
    frames
      .as('lines')
      .decoded()
      .map(({ meta, data }) => [meta, data.length]),
    lines.decoded().map(({ meta, data }) => [meta, data.length]),
  )
})

t.test('what a cut run expires at stays', async t => {
  const run = new Run('lines', buffer, { start: 2, end: buffer.length - 2, packets: 3, expires: 7 })
  t.same(
    [run, run.only(1), run.without(1), run.as('frames')].map(({ expires }) => expires),
    [7, 7, 7, 7],
  )
  t.equal(lines.expires, Number.POSITIVE_INFINITY)
})

t.test('words of the broker in both forms', async t => {
  for (const form of ['lines', 'frames'] as const) {
    const run = packetRun(form, packet({ broker: { pong: 1 } }), 0)
    t.same([run.packets, run.decoded(1)[0]?.meta], [0, { broker: { pong: 1 } }])
  }
})
