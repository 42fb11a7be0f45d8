// Sensors to a CSV log, everything in processes of its own.

import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench, Case, Run, Settings, Side } from './harness.ts'
import { folder, ours, peer, peerPath, python, quote, shell } from './machine.ts'

const SENSORS = 5
const A_SECOND = 1000

/** Ours: sensors in processes of their own, over the link to sensor-sim, through a pipe to log-sink. */
function ourCommand(link: string, file: string, each: number, options: string): string {
  const sim = ours('sensor-sim', `-q --connection ${link} ${options} --count ${each * SENSORS}`)
  return `${sim} | ${ours('log-sink', `-q csv:${file}`)}`
}

export const sensors: Bench = {
  name: 'sensors',
  summary:
    'five sensors at full speed, link, log, CSV, all in processes of their own: sensor-sim | log-sink against Python',
  async cases({ scale }: Settings): Promise<readonly Case[]> {
    const pythonEach = Math.round(20_000 * scale)
    const each = Math.round(200_000 * scale)
    const sides = ['socket', 'pipe'].flatMap((link): readonly Side[] => [
      {
        name: `python, ${link}`,
        needs: ['python3'],
        run: () =>
          inFolder(async file => ({
            value: Number(await shell(peer('sensors.py', `${link} ${file} ${pythonEach}`))),
          })),
      },
      {
        name: `sensor-sim, ${link}`,
        needs: ['sensor-sim', 'log-sink'],
        run: () =>
          inFolder(async file => {
            await shell(ourCommand(link, file, each, '--interval 0'))
            return { value: rowsASecond(file, each * SENSORS) }
          }),
      },
    ])
    const bars = ['socket', 'pipe'].map(link => ({ side: `sensor-sim, ${link}`, factor: 6, than: `python, ${link}` }))
    return [{ title: 'full speed', unit: 'messages/s', better: 'more', sides, bars }]
  },
}

export const sensorsLatency: Bench = {
  name: 'sensors-latency',
  summary: '1,000 messages a second from five sensors: age of a row when a reader of the CSV file sees it, after 1 s',
  async cases({ scale }: Settings): Promise<readonly Case[]> {
    const each = Math.max(400, Math.round(A_SECOND * scale))
    const commands = ['socket', 'pipe'].flatMap(link => [
      {
        name: `python, ${link}`,
        needs: ['python3'],
        command: (file: string) => peer('sensors.py', `${link} ${file} ${each} ${A_SECOND / SENSORS} >/dev/null`),
      },
      {
        name: `sensor-sim, ${link}`,
        needs: ['python3', 'sensor-sim', 'log-sink'],
        command: (file: string) => ourCommand(link, file, each, `--interval ${SENSORS}ms --probe sequence`),
      },
    ])
    const sides = (percentile: string) =>
      commands.map(({ name, needs, command }) => ({
        name,
        needs,
        run: () => inFolder(async file => age(file, each * SENSORS, command(file), percentile)),
      }))
    const bars = ['socket', 'pipe'].map(link => ({ side: `sensor-sim, ${link}`, factor: 2, than: `python, ${link}` }))
    const shared = { unit: 'µs', better: 'less' } as const
    return [
      { title: 'median', ...shared, sides: sides('p50'), bars: [] },
      { title: '99th percentile', ...shared, sides: sides('p99'), bars },
    ]
  },
}

async function age(file: string, rows: number, command: string, percentile: string): Promise<Run> {
  const words = `${file} ${rows} ${A_SECOND} ${quote(command)}`
  const said: Record<string, unknown> = JSON.parse(await shell(`${python} ${quote(peerPath('follow.py'))} ${words}`))
  return { value: Number(said[percentile]) }
}

/** From the time stamp of the first row to the last write to the file. */
function rowsASecond(file: string, expected: number): number {
  const lines = readFileSync(file, 'latin1').trimEnd().split('\n')
  if (lines.length - 1 !== expected) throw new Error(`${lines.length - 1} rows of ${expected}`)
  const column = (lines[0] ?? '').split(',').indexOf('timestamp')
  const first = Date.parse((lines[1] ?? '').split(',')[column] ?? '')
  return (expected / (statSync(file).mtimeMs - first)) * 1000
}

async function inFolder(use: (file: string) => Promise<Run>): Promise<Run> {
  const place = mkdtempSync(join(folder, 'sensors-'))
  try {
    return await use(join(place, 'log.csv'))
  } finally {
    rmSync(place, { recursive: true })
  }
}
