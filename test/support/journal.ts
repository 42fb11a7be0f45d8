// Journals for tests: texts as packets, and all that a journal holds.

import { Journal } from '../../src/journal/journal.ts'
import type { JournalOptions } from '../../src/journal/options.ts'
import type { JournalReader } from '../../src/journal/reader.ts'

export interface TestJournal {
  readonly journal: Journal
  readonly warnings: string[]
}

export async function openJournal(folder: string, options: Partial<JournalOptions> = {}): Promise<TestJournal> {
  const warnings: string[] = []
  const warn = (message: string) => warnings.push(message)
  return { journal: await Journal.open({ folder, sync: 'never', warn, ...options }), warnings }
}

export function line(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify({ topic: 't', value })}\n`)
}

/** All packets from where the reader is to the end: offset and text, and a line for what is lost. */
export async function readAll(reader: JournalReader): Promise<readonly string[]> {
  const found: string[] = []
  for (;;) {
    const { records, lost } = await reader.next()
    if (lost > 0) found.push(`lost ${lost}`)
    if (records.length === 0) return found
    for (const { offset, bytes } of records) {
      const lines = Buffer.from(bytes).toString().trimEnd().split('\n')
      found.push(...lines.map((text, index) => `${offset + index} ${text}`))
    }
  }
}
