// NDJSON to CSV.

import type { Bench, Case, Settings } from './harness.ts'
import { filterSide, timed } from './harness.ts'
import { ndjsonRows } from './input.ts'
import { folder, ours, peer, shell } from './machine.ts'

const out = `${folder}/out.csv`

export const csv: Bench = {
  name: 'csv',
  summary: 'NDJSON to CSV: repack --to csv and log-sink csv: against Python, jq, mlr',
  async cases({ scale }: Settings): Promise<readonly Case[]> {
    const full = ndjsonRows(Math.round(2_000_000 * scale))
    const prefix = ndjsonRows(Math.round(200_000 * scale))
    const jq = `jq -r '[.timestamp,.id,.name,.value]|@csv'`
    const filters = [
      { name: 'python json+csv', needs: ['python3'], filter: peer('filter.py', 'csv'), input: prefix },
      { name: 'jq @csv', needs: ['jq'], filter: `{ echo timestamp,id,name,value; ${jq}; }`, input: prefix },
      { name: 'mlr', needs: ['mlr'], filter: 'mlr --ijsonl --ocsv cat', input: prefix },
      { name: 'repack --to csv', needs: ['repack'], filter: ours('repack', '--to csv'), input: full },
    ].map(side => filterSide({ ...side, count: 'lines', normal: plain }))
    const sink = ours('log-sink', `-q csv:${out}`)
    const logSink = {
      name: 'log-sink csv:',
      needs: ['log-sink'],
      run: () => timed(`rm -f ${out}; cat ${full.path} | ${sink}`, full.lines),
      answer: async () => {
        const text = await shell(`rm -f ${out}; head -n 2000 ${full.path} | ${sink}; cat ${out}`)
        return text.trimEnd().split('\n').map(plain).join('\n')
      },
    }
    const bars = [
      { side: 'repack --to csv', factor: 4, than: 'python json+csv' },
      { side: 'log-sink csv:', factor: 4, than: 'python json+csv' },
    ]
    return [{ title: 'NDJSON to CSV', unit: 'rows/s', better: 'more', sides: [...filters, logSink], bars }]
  },
}

/** Quotes that need not be there and the kind of line ending do not make another answer. */
function plain(row: string): string {
  return row.replaceAll('"', '').trimEnd()
}
