// NDJSON through a filter, nothing changed.

import type { Bench, Case, Settings } from './harness.ts'
import { filterSide } from './harness.ts'
import { ndjsonRows } from './input.ts'
import { ours, peer } from './machine.ts'

export const passthrough: Bench = {
  name: 'passthrough',
  summary: '300 MB of NDJSON lines between two pipes, unchanged: repack against cat, gawk, jq, mlr, Python',
  async cases({ scale }: Settings): Promise<readonly Case[]> {
    const full = ndjsonRows(Math.round(2_640_000 * scale))
    const part = ndjsonRows(Math.round(880_000 * scale))
    const prefix = ndjsonRows(Math.round(70_000 * Math.min(1, scale * 4)))
    const sides = [
      { name: 'cat', needs: ['cat'], filter: 'cat', input: full },
      { name: "gawk '{print}'", needs: ['gawk'], filter: "gawk '{print}'", input: full },
      { name: 'jq -c .', needs: ['jq'], filter: 'jq -c .', input: prefix },
      { name: 'mlr cat', needs: ['mlr'], filter: 'mlr --ijsonl --ojsonl cat', input: prefix },
      { name: 'python json', needs: ['python3'], filter: peer('filter.py', 'print'), input: prefix },
      { name: 'repack', needs: ['repack'], filter: ours('repack'), input: full },
      { name: 'repack --validate', needs: ['repack'], filter: ours('repack', '--validate'), input: part },
      { name: 'repack --canonical', needs: ['repack'], filter: ours('repack', '--canonical'), input: part },
    ]
    const bars = [
      { side: 'repack', factor: 10, than: 'jq -c .' },
      { side: 'repack', factor: 10, than: 'mlr cat' },
      { side: 'repack', factor: 1, than: "gawk '{print}'" },
      { side: 'repack', factor: 1 / 3, than: 'cat' },
      { side: 'repack --canonical', factor: 60 },
    ]
    return [{ title: 'pass through', unit: 'MB/s', better: 'more', sides: sides.map(filterSide), bars }]
  },
}
