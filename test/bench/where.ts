// NDJSON lines kept by a test of one field.

import type { Bench, Case, Settings } from './harness.ts'
import { filterSide } from './harness.ts'
import { ndjsonRows } from './input.ts'
import { ours, peer, peerPath, quote } from './machine.ts'

export const where: Bench = {
  name: 'where',
  summary:
    '300 MB of NDJSON lines, those with value > 0: repack --where against mawk, gawk, grep, jq, mlr, Python, Node',
  async cases({ scale }: Settings): Promise<readonly Case[]> {
    const full = ndjsonRows(Math.round(2_640_000 * scale))
    const part = ndjsonRows(Math.round(880_000 * scale))
    const prefix = ndjsonRows(Math.round(70_000 * Math.min(1, scale * 4)))
    const awk = `-F'"value":' '$2+0>0'`
    const node = `node ${quote(peerPath('filter.mjs'))} where`
    const sides = [
      { name: 'grep -v', needs: ['grep'], filter: `grep -v '"value":[-0]'`, input: full },
      { name: 'mawk', needs: ['mawk'], filter: `mawk ${awk}`, input: full },
      { name: 'gawk', needs: ['gawk'], filter: `gawk ${awk}`, input: part },
      { name: 'jq', needs: ['jq'], filter: "jq -c 'select(.value>0)'", input: prefix },
      { name: 'mlr', needs: ['mlr'], filter: "mlr --ijsonl --ojsonl filter '$value>0'", input: prefix },
      { name: 'python json', needs: ['python3'], filter: peer('filter.py', 'where'), input: prefix },
      { name: 'node JSON.parse', needs: [], filter: node, input: part },
      { name: 'repack --where', needs: ['repack'], filter: ours('repack', "--where 'value>0'"), input: full },
    ]
    const bars = [{ side: 'repack --where', factor: 1, than: 'mawk' }]
    return [{ title: 'keep value > 0', unit: 'MB/s', better: 'more', sides: sides.map(filterSide), bars }]
  },
}
