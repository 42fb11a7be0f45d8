// The table, the bars and the JSON lines of one case.

import type { Bar, Case, Figures, Outcome, Run } from './harness.ts'

export interface Verdict {
  readonly bar: string
  readonly ratio: number
  readonly factor: number
  readonly met: boolean
}

export function table(item: Case, outcome: Outcome): string {
  const widest = Math.max(4, ...outcome.figures.map(({ side }) => side.length))
  const head = ['side'.padEnd(widest), item.unit.padStart(10), 'min..max'.padStart(18), 'CPU s'.padStart(7)]
  const lines = [`${item.title}`, `  ${[...head, 'RSS MB'.padStart(7), 'others'.padStart(7)].join(' ')}`]
  for (const { side, runs, median } of outcome.figures) {
    const values = runs.map(run => run.value)
    const range = `${figure(Math.min(...values))}..${figure(Math.max(...values))}`
    const cells = [side.padEnd(widest), figure(median).padStart(10), range.padStart(18)]
    for (const [key, digits] of [
      ['cpu', 2],
      ['rss', 0],
      ['others', 2],
    ] as const)
      cells.push(typical(runs, key, digits).padStart(7))
    lines.push(`  ${cells.join(' ')}`)
  }
  for (const problem of outcome.problems) lines.push(`  left out: ${problem}`)
  for (const { bar, ratio, met } of verdicts(item, outcome)) lines.push(`  ${met ? '✓' : '✗'} ${bar}: ${figure(ratio)}`)
  return `${lines.join('\n')}\n`
}

/** One object a line: a figure each side, then a verdict each bar. */
export function jsonLines(bench: string, item: Case, outcome: Outcome): string {
  const figures = outcome.figures.map(({ side, runs, median }) => {
    const values = runs.map(run => run.value)
    const range = { min: round(Math.min(...values)), max: round(Math.max(...values)), runs: runs.length }
    return { bench, case: item.title, side, unit: item.unit, median: round(median), ...range }
  })
  const bars = verdicts(item, outcome).map(verdict => ({
    bench,
    case: item.title,
    ...verdict,
    ratio: round(verdict.ratio),
  }))
  return [...figures, ...bars].map(object => `${JSON.stringify(object)}\n`).join('')
}

export function verdicts(item: Case, outcome: Outcome): readonly Verdict[] {
  return item.bars.flatMap(bar => {
    const side = of(outcome.figures, bar.side)
    const than = bar.than === undefined ? 1 : of(outcome.figures, bar.than)
    if (side === undefined || than === undefined) return []
    const ratio = side / than
    return [
      {
        bar: wording(item, bar),
        ratio,
        factor: bar.factor,
        met: item.better === 'more' ? ratio >= bar.factor : ratio <= bar.factor,
      },
    ]
  })
}

function wording({ better, unit }: Case, { side, factor, than }: Bar): string {
  const limit = than === undefined ? `${figure(factor)} ${unit}` : `${figure(factor)} × ${than}`
  return `${side} ${better === 'more' ? '≥' : '≤'} ${limit}`
}

function of(figures: readonly Figures[], side: string): number | undefined {
  const median = figures.find(one => one.side === side)?.median
  return median === undefined || Number.isNaN(median) ? undefined : median
}

function typical(runs: readonly Run[], key: 'cpu' | 'rss' | 'others', digits: number): string {
  const values = runs.map(run => run[key]).filter(value => value !== undefined)
  if (values.length === 0) return ''
  const sorted = values.toSorted((a, b) => a - b)
  return (sorted[values.length >> 1] ?? 0).toFixed(digits)
}

/** Three digits or all before the point. */
function figure(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

function round(value: number): number {
  return Number(value.toPrecision(4))
}
