// Which targets an address reaches, without a network: our router against qlobber, the matcher of aedes.

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Bench, Case, Settings, Side } from './harness.ts'
import { environment, peerPath } from './machine.ts'

const execute = promisify(execFile)

function side(matcher: string, kind: string, bindings: number, name = matcher): Side {
  const words = ['--import', 'tsx', peerPath('routing.ts'), matcher, kind, String(bindings)]
  return {
    name,
    needs: [],
    run: async () => {
      const said: Record<string, unknown> = JSON.parse(
        (await execute(process.execPath, words, { env: environment })).stdout,
      )
      return { value: Number(said['value']), rss: Number(said['rss']) }
    },
  }
}

export const routing: Bench = {
  name: 'routing',
  summary:
    'targets of an address, looked up in the cache and without it, up to 1,000,000 bindings: our router, qlobber',
  async cases({ scale }: Settings): Promise<readonly Case[]> {
    const bindings = Math.round(100_000 * scale)
    const many = Math.round(1_000_000 * scale)
    const both = (kind: string) => ['router', 'qlobber'].map(matcher => side(matcher, kind, bindings))
    const shared = { unit: 'matches/s', better: 'more' } as const
    const growing = [bindings / 10, bindings, many].map(count => side('router', 'fresh', count, `${count} bindings`))
    return [
      {
        title: `50,000 addresses again and again, ${bindings} bindings`,
        ...shared,
        sides: both('again'),
        bars: [{ side: 'router', factor: 5_000_000 }],
      },
      {
        title: `addresses never seen before, ${bindings} bindings`,
        ...shared,
        sides: both('fresh'),
        bars: [{ side: 'router', factor: 1_000_000 }],
      },
      {
        title: 'addresses never seen before of the same 10,000 bindings, among more and more others',
        ...shared,
        sides: growing,
        bars: [{ side: `${many} bindings`, factor: 0.5, than: `${bindings / 10} bindings` }],
      },
      {
        title: `1,000 addresses again and again, a pattern bound or unbound every 100, ${bindings} bindings`,
        ...shared,
        sides: both('churn'),
        bars: [{ side: 'router', factor: 500_000 }],
      },
      {
        title: `${many} bindings made`,
        unit: 'bindings/s',
        better: 'more',
        sides: [side('router', 'bind', many)],
        bars: [],
      },
    ]
  },
}
