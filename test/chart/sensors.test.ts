// Sensors among packets, and the whole picture of them.

import t from 'tap'
import { MOST_SENSORS, Sensors } from '../../src/chart/sensors.ts'
import { timeCells } from '../../src/chart/time-cells.ts'
import { timeView } from '../../src/chart/time-panels.ts'
import { timePicture } from '../../src/chart/time-picture.ts'

const START = Date.parse('2026-11-21T12:00:00Z')
const OPTIONS = { field: 'value', window: undefined, now: () => START }
const at = (seconds: number) => new Date(START + seconds * 1000).toISOString()
const PICTURE = { width: 800, height: 500, theme: 'light', title: 'Cellar & roof' } as const

function filled(): Sensors {
  const sensors = new Sensors(OPTIONS)
  for (let second = 0; second < 60; second++) {
    sensors.see({ name: 'cellar', value: 10 + (second % 5), unit: '°C', timestamp: at(second) })
    if (second < 20 || second > 40)
      sensors.see({ name: 'mains', value: 230 - second / 10, unit: 'V', timestamp: at(second) })
  }
  return sensors
}

t.test('values, gaps, and what is neither', async t => {
  const sensors = new Sensors(OPTIONS)
  t.ok(sensors.see({ name: 'a', value: 1 }))
  t.ok(sensors.see({ name: 'a', value: null }))
  t.ok(sensors.see({ name: 'a', value: 2 }))
  t.ok(sensors.see({ gap: { lost: 1, reason: 'r', stage: 's' } }))
  t.ok(sensors.see({ name: 'a', value: 3 }))
  t.notOk(sensors.see({ name: 'a', value: 'high' }))
  t.notOk(sensors.see({ scale: 'db' }))
  t.equal(sensors.all[0]?.runs().length, 3)
  t.equal(sensors.all[0]?.times?.from, START)
})

t.test('another field, and more sensors than a picture holds', async t => {
  const sensors = new Sensors({ ...OPTIONS, field: 'humidity' })
  sensors.see({ humidity: 40, value: 1 })
  t.same([sensors.all[0]?.name, sensors.all[0]?.pieces[0]?.first], ['humidity', 40])
  for (let k = 0; k < MOST_SENSORS; k++) sensors.see({ name: `n${k}`, humidity: 1 })
  t.equal(sensors.left, 1)
})

t.test('a picture: a panel for each unit, the gap open, the same each time', async t => {
  const view = timeView(filled().all, 'utc')
  const svg = timePicture(view, PICTURE)
  t.match(svg, '>Cellar &amp; roof</text>')
  t.match(svg, '>°C</text>')
  t.match(svg, '>V</text>')
  t.equal(svg.match(/2026-11-21 12:00:00 … 12:00:59 UTC/g)?.length, 2)
  const [, mains = ''] = svg.match(/<path d="[^"]+" stroke-width="1.6"/g) ?? []
  t.equal(mains.match(/M/g)?.length, 2, 'two runs with a gap between them')
  t.notMatch(svg, /NaN|Infinity|undefined/)
  t.equal(svg, timePicture(timeView(filled().all, 'utc'), PICTURE))
})

t.test('on a terminal', async t => {
  const cells = timeCells(timeView(filled().all, 'utc'), { columns: 100, rows: 20, help: 'q quit' })
  const text = Array.from({ length: 20 }, (_, row) => cells.rowText(row))
  t.match(text[0], /^ +°C +─ cellar 14(\.0+)?$/)
  t.match(text[9], /^ +V +─ mains 224\.10*$/)
  t.match(text[19], /^q quit +2026-11-21 12:00:00 … 12:00:59 UTC$/)
  t.ok(text.some(line => /12:00:10.*12:00:20/.test(line)))
})

t.test('nothing, one value, equal values, the smallest terminal', async t => {
  t.match(timePicture(timeView([], 'utc'), PICTURE), 'no values')
  t.match(timeCells(undefined, { columns: 40, rows: 5, help: '' }).rowText(2), 'waiting for values')
  const one = new Sensors(OPTIONS)
  one.see({ name: 'a', value: 7 })
  const view = timeView(one.all, 'local')
  t.notMatch(timePicture(view, PICTURE), /NaN|Infinity|undefined/)
  for (const [columns, rows] of [
    [1, 1],
    [12, 4],
  ] as const)
    t.equal(timeCells(view, { columns, rows, help: 'q' }).rows, rows)
})

t.test('on a terminal great values are whole', async t => {
  const sensors = new Sensors(OPTIONS)
  for (const [second, value] of [1234567800, 1234567900].entries())
    sensors.see({ name: 'count', value, timestamp: at(second) })
  const cells = timeCells(timeView(sensors.all, 'utc'), { columns: 60, rows: 12, help: '' })
  const labels = Array.from({ length: 12 }, (_, row) => /^ *(\d+) ┤/.exec(cells.rowText(row))?.[1]).filter(Boolean)
  t.ok(labels.length >= 2 && labels.every(label => label?.startsWith('12345')), labels.join(' '))
})
