// Frames of 1 MiB through repack.

import { closeSync, existsSync, openSync, writeSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import type { Bench, Case, Settings } from './harness.ts'
import { timed } from './harness.ts'
import { folder, ours, shell } from './machine.ts'

const MIB = 1 << 20
const HEADER = 24

export const frames: Bench = {
  name: 'frames',
  summary: 'frames of 1 MiB pipe to pipe: repack against cat',
  async cases({ scale }: Settings): Promise<readonly Case[]> {
    const count = Math.max(8, Math.round(1024 * scale))
    const path = frameFile(count)
    const megabytes = (count * MIB) / 1e6
    const sides = [
      { name: 'cat', needs: ['cat'], filter: 'cat' },
      { name: 'repack', needs: ['repack'], filter: ours('repack') },
    ].map(({ name, needs, filter }) => ({
      name,
      needs,
      run: () => timed(`cat ${path} | ${filter} | cat >/dev/null`, megabytes),
      answer: () => shell(`head -c ${8 * (MIB + HEADER + 64)} ${path} | ${filter} | sha256sum`),
    }))
    const bars = [{ side: 'repack', factor: 0.5, than: 'cat' }]
    return [{ title: 'frames of 1 MiB', unit: 'MB/s', better: 'more', sides, bars }]
  },
}

export function frameFile(count: number): string {
  const path = `${folder}/frames-${count}`
  if (existsSync(path)) return path
  const data = Buffer.alloc(MIB, 'samples of some sensor ')
  const file = openSync(path, 'w')
  for (let seq = 0; seq < count; seq++) {
    const meta = Buffer.from(JSON.stringify({ seq, name: 'camera', dtype: 'uint8' }).padEnd(64))
    const header = Buffer.alloc(HEADER)
    header.write('\xf7DAQ', 'latin1')
    header[4] = 1
    header[5] = 1
    header.writeUInt16LE(HEADER, 6)
    header.writeUInt32LE(meta.length, 8)
    header.writeUInt32LE(crc32(data, crc32(meta)), 12)
    header.writeBigUInt64LE(BigInt(data.length), 16)
    for (const part of [header, meta, data]) writeSync(file, part)
  }
  closeSync(file)
  return path
}
