// What is in the journal for somebody: from a place on, packets of the topics that patterns stand for.

import type { Journal } from '../../journal/journal.ts'
import type { JournalReader, Start } from '../../journal/reader.ts'
import type { JournalRecord } from '../../journal/record.ts'
import { covers, wordsOf } from '../../topic/address.ts'
import { Inlet } from '../inlet.ts'
import type { Run } from '../run.ts'
import { TopicTable } from '../topic-table.ts'

/** Neighbours in the journal. */
export interface Found {
  readonly offset: number
  readonly run: Run
}

export interface FeedPortion {
  readonly found: readonly Found[]
  /** Packets of any topic before these that are no longer there. */
  readonly lost: number
  /** The offset of the packet that comes next; nothing where this is all there is. */
  readonly next: number | undefined
}

/** Packets that are over are passed by. */
export class Feed {
  readonly #reader: JournalReader
  readonly #inlet: Inlet<boolean>
  readonly #topics: TopicTable<boolean>
  #record: Omit<JournalRecord, 'bytes'> | undefined
  #offset = 0
  #wantedFrom = 0
  #found: Found[] = []

  constructor(journal: Journal, patterns: readonly string[], from: Start | 'next') {
    const wanted = patterns.map(wordsOf)
    const isWanted = (topic: string) => wanted.some(pattern => covers(pattern, wordsOf(topic)))
    this.#topics = new TopicTable(isWanted)
    this.#reader = journal.reader(from)
    this.#inlet = new Inlet<boolean>(
      {
        routeOf: (buffer, envelope) => this.#topics.get(buffer, envelope).route,
        packets: (isWanted, run) => this.#take(isWanted, run),
        control: () => {},
      },
      Number.POSITIVE_INFINITY,
    )
  }

  /** What one read brings: maybe nothing that is wanted. One call at a time. */
  async next(): Promise<FeedPortion> {
    const wantedFrom = this.#reader.offset ?? 0
    const { records, lost } = await this.#reader.next()
    if (records.length === 0) return END
    this.#wantedFrom = wantedFrom
    this.#found = []
    const now = Date.now()
    for (const record of records) {
      if ((record.marks?.expires ?? Number.POSITIVE_INFINITY) <= now) continue
      this.#record = record
      this.#offset = record.offset
      this.#inlet.push(record.bytes)
    }
    return { found: this.#found, lost, next: this.#reader.offset }
  }

  /** Ends when there is more; false when nothing more will come. */
  more(): Promise<boolean> {
    return this.#reader.more()
  }

  close(): Promise<void> {
    return this.#reader.close()
  }

  #take(isWanted: boolean, run: Run): void {
    const offset = this.#offset
    this.#offset += run.packets
    const before = Math.min(run.packets, Math.max(0, this.#wantedFrom - offset))
    if (!isWanted || before === run.packets) return
    const { expires, again } = this.#record?.marks ?? {}
    let own = before > 0 ? run.without(before) : run
    if (expires !== undefined) own = own.until(expires)
    if (again) own = own.marked({ again: true })
    this.#found.push({ offset: offset + before, run: own })
  }
}

const END: FeedPortion = { found: [], lost: 0, next: undefined }
