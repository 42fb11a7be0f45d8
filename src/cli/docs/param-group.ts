// Kinds of endpoints that share parameters, so that the manual says these once.

import type { CarrierParam } from '../../carrier/carrier.ts'

interface WithParams {
  readonly params: readonly CarrierParam[]
}

const same = (a: CarrierParam, b: CarrierParam) =>
  a.name === b.name && a.argument === b.argument && a.summary === b.summary

/** Rows that follow each other are one family when each has most parameters in common with the first. */
export function families<Row extends WithParams>(rows: readonly Row[]): readonly (readonly Row[])[] {
  const found: Row[][] = []
  for (const row of rows) {
    const last = found.at(-1)
    const first = last?.[0]
    if (last && first && areAkin(first, row)) last.push(row)
    else found.push([row])
  }
  return found
}

function areAkin(a: WithParams, b: WithParams): boolean {
  const shared = a.params.filter(param => b.params.some(other => same(param, other))).length
  return 2 * shared > Math.max(a.params.length, b.params.length)
}

export interface Shared<Row> {
  readonly param: CarrierParam
  /** The rows that have it. */
  readonly of: readonly Row[]
}

/** Each parameter once, first those that only some rows have. */
export function sharedBy<Row extends WithParams>(rows: readonly Row[]): readonly Shared<Row>[] {
  const all: Shared<Row>[] = []
  for (const param of rows.flatMap(({ params }) => params)) {
    if (all.some(shared => same(shared.param, param))) continue
    all.push({ param, of: rows.filter(({ params }) => params.some(other => same(param, other))) })
  }
  const isOfSome = ({ of }: Shared<Row>) => of.length < rows.length
  return [...all.filter(isOfSome), ...all.filter(shared => !isOfSome(shared))]
}
