// What is retained, written beside the journal now and then: from the offset of that on, the journal tells the rest.

import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { carrierError } from '../../carrier/failure.ts'
import { frame } from '../../codec/frame.ts'
import { CarrierError, errorCode, placeText } from '../../errors.ts'
import type { Journal } from '../../journal/journal.ts'
import { encodeRecords, type JournalRecord, recordOf } from '../../journal/record.ts'
import { SegmentFile } from '../../journal/segment-file.ts'
import { type Packet, packet } from '../../packet.ts'
import { Inlet } from '../inlet.ts'
import type { RetainedRuns } from '../retained-runs.ts'
import type { Run } from '../run.ts'

const NAME = 'retained.frame'
/** Packets that are written at once. */
const TOGETHER = 1000

export interface Retaining {
  readonly retained: RetainedRuns
  /** Whether a topic is kept. */
  readonly keeps: (topic: string) => boolean
}

export async function saveRetained(folder: string, offset: number, runs: readonly Run[]): Promise<void> {
  const file = await SegmentFile.replace(join(folder, NAME), async file => {
    await file.write(frame.encoder({ reject: ignore }).push([packet({ offset, retained: runs.length })]))
    for (let at = 0; at < runs.length; at += TOGETHER) {
      await file.write(encodeRecords(runs.slice(at, at + TOGETHER).map(run => recordFor(run, offset))))
    }
  })
  await file.close()
}

/** What was retained when the journal ended. */
export async function loadRetained(folder: string, journal: Journal, retaining: Retaining): Promise<void> {
  const set = setter(retaining)
  const from = await loadFile(join(folder, NAME), set)
  const reader = journal.reader(from === undefined || from > journal.next ? 'first' : { offset: from })
  for (;;) {
    const wanted = reader.offset ?? 0
    const { records } = await reader.next()
    if (records.length === 0) break
    for (const record of records) if (record.offset + record.count > wanted) set(record)
  }
  await reader.close()
}

function recordFor(run: Run, offset: number): JournalRecord {
  const { bytes, packets, expires } = run
  const marks = { retain: true, ...(expires !== Number.POSITIVE_INFINITY && { expires }) }
  return { offset, count: packets, time: 0, bytes, marks }
}

type Setter = (record: JournalRecord) => void

function setter({ retained, keeps }: Retaining): Setter {
  let expires = Number.POSITIVE_INFINITY
  const inlet = new Inlet<string>(
    {
      routeOf: (buffer, envelope) => envelope.topicText(buffer),
      packets(topic, run) {
        if (keeps(topic)) for (const one of run.each()) retained.set(topic, one.until(expires))
      },
      control: ignore,
    },
    Number.POSITIVE_INFINITY,
  )
  return ({ bytes, marks }) => {
    if (marks?.forget !== undefined) retained.delete(marks.forget)
    if (!marks?.retain) return
    expires = marks.expires ?? Number.POSITIVE_INFINITY
    inlet.push(bytes)
  }
}

/** The offset that it was written at; nothing where there is none. */
async function loadFile(path: string, set: Setter): Promise<number | undefined> {
  const decoder = frame.decoder({
    source: path,
    reject: ({ reason, place }) => {
      const remedy = 'remove it, and what is still in the journal is retained'
      throw new CarrierError(placeText(place), `${reason}: ${remedy}`)
    },
  })
  let offset: number | undefined
  const take = (found: Packet) => {
    if (typeof found.meta['retained'] === 'number') offset = Number(found.meta['offset'])
    const record = recordOf(found)
    if (record) set(record)
  }
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 })) {
      for (const found of decoder.push(chunk)) take(found)
    }
    for (const found of decoder.end?.() ?? []) take(found)
    return offset
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw carrierError(path, error)
  }
}

const ignore = () => {}
