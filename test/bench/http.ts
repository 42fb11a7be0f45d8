// Packets from one process to another: by long polling and by posts against a plain TCP connection.

import { freePort } from '../support/port.ts'
import { frameFile } from './frames.ts'
import type { Bench, Case, Settings, Side } from './harness.ts'
import { timed } from './harness.ts'
import { ndjsonRows } from './input.ts'
import { ours } from './machine.ts'

/** How the two find each other, at a port. */
const LINKS = [
  { name: 'tcp', writes: 'tcp://127.0.0.1:PORT?listen&peers=1', reads: 'tcp://127.0.0.1:PORT' },
  { name: 'http, polled', writes: 'http://127.0.0.1:PORT/x?listen&peers=1', reads: 'http://127.0.0.1:PORT/x' },
  { name: 'http, posted', writes: 'http://127.0.0.1:PORT/x', reads: 'http://127.0.0.1:PORT/x?listen&once' },
] as const

/** The processor time is that of both. */
function sidesOf(path: string, amount: number): readonly Side[] {
  return LINKS.map(({ name, writes, reads }) => ({
    name,
    needs: ['repack'],
    async run() {
      const port = `${await freePort()}`
      const [to, from] = [writes, reads].map(url => `'${url.replace('PORT', port)}'`)
      return timed(
        `${ours('repack', `-q ${path} -o ${to}`)} & ${ours('repack', `-q -i ${from}`)} >/dev/null; wait $!`,
        amount,
      )
    },
  }))
}

export const http: Bench = {
  name: 'http',
  summary: 'lines and frames of 1 MiB from one repack to another: HTTP against TCP',
  async cases({ scale }: Settings): Promise<readonly Case[]> {
    const lines = ndjsonRows(Math.round(2_640_000 * scale))
    const frames = Math.max(8, Math.round(1024 * scale))
    return [
      {
        title: 'lines to another process',
        unit: 'MB/s',
        better: 'more',
        sides: sidesOf(lines.path, lines.megabytes),
        bars: [{ side: 'http, polled', factor: 0.5, than: 'tcp' }],
      },
      {
        title: 'frames of 1 MiB to another process',
        unit: 'MB/s',
        better: 'more',
        sides: sidesOf(frameFile(frames), (frames * 2 ** 20) / 1e6),
        bars: [{ side: 'http, polled', factor: 0.5, than: 'tcp' }],
      },
    ]
  },
}
