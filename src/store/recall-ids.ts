// After a restart: the ids of the records stored last, read back from the files.

import type { FileRecords } from './file-records.ts'
import { RecentIds } from './recent-ids.ts'
import type { RecordFile } from './record-file.ts'

const FIRST_TAIL = 16 * 1024 * 1024
const LONGEST_TAIL = 1024 * 1024 * 1024

/** From the file that is written and, as long as there are too few, from the ones before it. */
export function recallIds(file: RecordFile, earlier: Iterable<RecordFile>, records: FileRecords): RecentIds {
  const ids = new RecentIds()
  const tails = [lastIds(records, file, ids.window)]
  let known = tails[0]?.length ?? 0
  if (known < ids.window) {
    for (const older of earlier) {
      const tail = lastIds(records, older, ids.window - known)
      tails.unshift(tail)
      known += tail.length
      if (known >= ids.window) break
    }
  }
  for (const tail of tails) for (const id of tail) ids.add(id)
  return ids
}

/** Looks further back until there are enough, the file is at its beginning, or it would take too long. */
function lastIds(records: FileRecords, file: RecordFile, wanted: number): readonly string[] {
  const { survey } = file
  if (!survey) return []
  for (let length = FIRST_TAIL; ; length *= 4) {
    const position = survey.start(Math.max(0, survey.end - length))
    const ids = records.ids(file, position)
    if (ids.length >= wanted || position === 0 || length >= LONGEST_TAIL) return ids
  }
}
