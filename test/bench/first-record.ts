// The way of the first record through five filters.

import type { Bench, Case } from './harness.ts'
import { measure, ours } from './machine.ts'

const RECORDS = 4
const STAGES = 5

export const firstRecord: Bench = {
  name: 'first-record',
  summary: 'a record a second through five processes: the first one out, start included, and those after it',
  async cases(): Promise<readonly Case[]> {
    const filters = [
      { name: 'repack', needs: ['repack'], filter: ours('repack') },
      { name: 'jq -c .', needs: ['jq'], filter: 'jq -c .' },
      { name: 'jq --unbuffered', needs: ['jq'], filter: 'jq -c --unbuffered .' },
      { name: 'mlr', needs: ['mlr'], filter: 'mlr --ijsonl --ojsonl cat' },
    ]
    const delays = filters.map(({ name, needs, filter }) => ({
      name,
      needs,
      delays: async () => {
        const said = await measure('pipe', String(RECORDS), '1', new Array(STAGES).fill(filter).join(' | '))
        if (!Array.isArray(said['delays'])) throw new Error('no delays measured')
        return said['delays'].map(Number)
      },
    }))
    const first = delays.map(side => ({
      ...side,
      run: async () => ({ value: 1000 * ((await side.delays())[0] ?? 0) }),
    }))
    const later = delays.map(side => ({
      ...side,
      run: async () => ({ value: 1000 * Math.max(...(await side.delays()).slice(1)) }),
    }))
    const shared = { unit: 'ms', better: 'less' } as const
    return [
      { title: 'first record, start included', ...shared, sides: first, bars: [{ side: 'repack', factor: 250 }] },
      { title: 'slowest later record', ...shared, sides: later, bars: [{ side: 'repack', factor: 250 }] },
    ]
  },
}
