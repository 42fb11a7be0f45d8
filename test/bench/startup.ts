// What starting a command costs, to its end and to its first byte of work.

import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench, Case, Side } from './harness.ts'
import { folder, measure, ourWords, quote } from './machine.ts'

const RUNS = 15
const bare = 'node -e 0'

export const startup: Bench = {
  name: 'startup',
  summary: 'start of each command, to its end (--version) and to its first byte of work, against node -e 0',
  async cases(): Promise<readonly Case[]> {
    const shared = { unit: 'ms', better: 'less', rounds: RUNS } as const
    const version = (command: string) => ending(`${command} --version`, [command], ourWords(command, '--version'))
    const commands = ['repack', 'log-sink', 'log-source', 'sensor-sim', 'verify']
    const line = '{"timestamp":"2026-01-01T00:00:00.000Z","id":"1","name":"a","value":1}\n'
    const one = ['--sensor', 'name=a,interval=1ms']
    const work = [
      first('repack', ['repack'], line, ourWords('repack')),
      first('repack --where', ['repack'], line, ourWords('repack', '--where', 'value>0')),
      first('repack --to csv', ['repack'], line, ourWords('repack', '--to', 'csv')),
      first('log-sink screen:', ['log-sink'], line, ourWords('log-sink', 'screen:')),
      watched('log-sink csv:', line, file => ourWords('log-sink', `csv:${file}`)),
      first('sensor-sim, one process', ['sensor-sim'], '', ourWords('sensor-sim', '--isolation', 'none', ...one)),
      first('sensor-sim, process a sensor', ['sensor-sim'], '', ourWords('sensor-sim', ...one)),
      reading('log-source csv:', line),
    ]
    const bars = (sides: readonly Side[], factor: number) =>
      sides.map(({ name }) => ({ side: name, factor, than: bare }))
    const versions = commands.map(version)
    const node = () => ending(bare, [], [process.execPath, '-e', '0'])
    return [
      { title: 'to the end', ...shared, sides: [node(), ...versions], bars: bars(versions, 1.3) },
      { title: 'to the first byte', ...shared, sides: [node(), ...work], bars: bars(work, 1.6) },
    ]
  },
}

function ending(name: string, needs: readonly string[], words: readonly string[]): Side {
  return {
    name,
    needs: [...needs, 'python3'],
    run: async () => {
      const said = await measure('wall', `exec ${words.map(quote).join(' ')} >/dev/null`)
      return { value: 1000 * Number(said['wall']), cpu: Number(said['cpu']), rss: Number(said['rss']) }
    },
  }
}

function first(name: string, needs: readonly string[], input: string, words: readonly string[]): Side {
  return { name, needs: [...needs, 'python3'], run: () => toFirst(input, '', words) }
}

async function toFirst(input: string, watch: string, words: readonly string[]): Promise<{ readonly value: number }> {
  return { value: 1000 * Number((await measure('first', input, watch, ...words))['wall']) }
}

function watched(name: string, input: string, words: (file: string) => readonly string[]): Side {
  return {
    name,
    needs: ['log-sink', 'python3'],
    run: () => inFolder(place => toFirst(input, join(place, 'log.csv'), words(join(place, 'log.csv')))),
  }
}

function reading(name: string, input: string): Side {
  return {
    name,
    needs: ['log-sink', 'log-source', 'python3'],
    run: () =>
      inFolder(async place => {
        const file = join(place, 'log.csv')
        await measure('first', input, file, ...ourWords('log-sink', `csv:${file}`))
        return toFirst('', '', ourWords('log-source', `csv:${file}`))
      }),
  }
}

async function inFolder<T>(use: (place: string) => Promise<T>): Promise<T> {
  const place = mkdtempSync(join(folder, 'start-'))
  try {
    return await use(place)
  } finally {
    rmSync(place, { recursive: true })
  }
}
