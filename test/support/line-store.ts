// A store of JSON lines without a codec, for tests of what all file stores share.

import { lineFormat } from '../../src/carrier/record-format.ts'
import { type Batch, type Packet, packet } from '../../src/packet.ts'
import type { FileRecords } from '../../src/store/file-records.ts'
import { FileStore } from '../../src/store/file-store.ts'
import type { StoreContext } from '../../src/store/store.ts'
import { Ledger } from '../../src/stream/ledger.ts'

export const NOON = Date.UTC(2026, 10, 21, 12)

/** JSON lines: `{"id":"000001"}` is 16 bytes with its newline. */
function lines(): FileRecords {
  return {
    format: lineFormat,
    encoder: { push: batch => batch.map(({ meta }) => Buffer.from(`${JSON.stringify(meta)}\n`)) },
    ids: (file, position) =>
      file
        .window()
        .read(position, file.size)
        .toString()
        .split('\n')
        .filter(line => line !== '')
        .map(line => String(JSON.parse(line).id)),
  }
}

export function openLines(pattern: string, context: Partial<StoreContext> = {}) {
  const ledger = new Ledger()
  const warnings: string[] = []
  const store = new FileStore({
    name: 'lines:',
    pattern,
    look: path => `cat ${path}`,
    records: lines,
    context: {
      ledger,
      reject: () => {},
      warn: message => warnings.push(message),
      sync: 'never',
      rotation: {},
      terminal: undefined,
      now: () => NOON,
      ...context,
    },
  })
  return { store, warnings, count: ledger.stage('lines:') }
}

export function records(from: number, to: number): Batch {
  return Array.from({ length: to - from }, (_, n): Packet => packet({ id: String(from + n).padStart(6, '0') }))
}
