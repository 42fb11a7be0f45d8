// Memory while a long stream goes by.

import { frameFile } from './frames.ts'
import type { Bench, Case, Settings } from './harness.ts'
import { ndjsonRows } from './input.ts'
import { measure, ours, peer } from './machine.ts'

const LIMIT_MB = 200
const FFT = '-q --from raw --dtype complex64 --sample-rate 1M'

export const memory: Bench = {
  name: 'memory',
  summary:
    'peak resident memory while 2 GB pass through repack and log-sink, and 1 GiB through fft, also when the sink is slow',
  async cases({ scale }: Settings): Promise<readonly Case[]> {
    const lines = ndjsonRows(Math.round(2_640_000 * scale)).path
    const framed = frameFile(Math.max(8, Math.round(1024 * scale)))
    const again = (path: string, times: number) => `cat ${new Array(times).fill(path).join(' ')}`
    const slow = peer('slow.py')
    const mebibytes = Math.max(8, Math.round(1024 * scale))
    const sides = [
      { name: 'lines | repack | cat', command: `${again(lines, 7)} | ${ours('repack')} | cat >/dev/null` },
      { name: 'lines | repack | slow', command: `${again(lines, 7)} | ${ours('repack')} | ${slow}` },
      { name: 'frames | repack | slow', command: `${again(framed, 2)} | ${ours('repack')} | ${slow}` },
      { name: 'parsed and printed | slow', command: `${again(lines, 7)} | ${ours('repack', '--canonical')} | ${slow}` },
      {
        name: 'log-sink ndjson: slow',
        needs: ['log-sink'],
        command: `${again(lines, 7)} | ${ours('log-sink', '-q ndjson:/dev/stdout')} | ${slow}`,
      },
      {
        name: 'log-sink csv:',
        needs: ['log-sink'],
        command: `${again(lines, 7)} | ${ours('log-sink', '-q csv:/dev/null')}`,
      },
      ...[
        { name: 'samples | fft | cat', reader: 'cat' },
        { name: 'samples | fft | slow', reader: slow },
      ].map(({ name, reader }) => ({
        name,
        needs: ['fft'],
        command: `head -c ${mebibytes}M /dev/zero | ${ours('fft', FFT)} | ${reader} >/dev/null`,
      })),
    ].map(({ name, needs = ['repack'], command }) => ({
      name,
      needs: [...needs, 'python3'],
      run: async () => {
        const said = await measure('wall', command)
        return { value: Number(said['rss']), cpu: Number(said['cpu']), others: Number(said['others']) }
      },
    }))
    const bars = sides.map(({ name }) => ({ side: name, factor: LIMIT_MB }))
    return [{ title: 'largest process', unit: 'MB', better: 'less', sides, bars }]
  },
}
