// One field picked out of NDJSON lines.

import type { Bench, Case, Settings } from './harness.ts'
import { filterSide } from './harness.ts'
import { ndjsonRows } from './input.ts'
import { ours, peer, peerPath, quote } from './machine.ts'

export const pick: Bench = {
  name: 'pick',
  summary: 'the value of 300 MB of NDJSON lines: repack --pick against mawk, gawk, grep, jq, mlr, Python, Node',
  async cases({ scale }: Settings): Promise<readonly Case[]> {
    const full = ndjsonRows(Math.round(2_640_000 * scale))
    const part = ndjsonRows(Math.round(880_000 * scale))
    const prefix = ndjsonRows(Math.round(70_000 * Math.min(1, scale * 4)))
    const awk = `-F'"value":' '{print $2+0}'`
    const node = `node ${quote(peerPath('filter.mjs'))} pick`
    const sides = [
      { name: 'grep -o', needs: ['grep'], filter: `grep -o '"value":[-0-9]*}$' | tr -d '"value:}'`, input: prefix },
      { name: 'mawk', needs: ['mawk'], filter: `mawk ${awk}`, input: full },
      { name: 'gawk', needs: ['gawk'], filter: `gawk ${awk}`, input: part },
      { name: 'jq', needs: ['jq'], filter: 'jq .value', input: prefix },
      { name: 'mlr', needs: ['mlr'], filter: 'mlr --ijsonl --onidx cut -f value', input: prefix },
      { name: 'python json', needs: ['python3'], filter: peer('filter.py', 'pick'), input: prefix },
      { name: 'node JSON.parse', needs: [], filter: node, input: part },
      { name: 'repack --pick', needs: ['repack'], filter: ours('repack', '--pick value'), input: full },
    ].map(side => filterSide({ ...side, normal: pickedValue }))
    const bars = [{ side: 'repack --pick', factor: 1, than: 'mawk' }]
    return [{ title: 'pick value', unit: 'MB/s', better: 'more', sides, bars }]
  },
}

/** A bare value and an object that holds nothing else are the same answer. */
function pickedValue(line: string): string {
  return line.startsWith('{') ? String(JSON.parse(line).value) : line
}
