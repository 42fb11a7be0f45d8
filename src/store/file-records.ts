// What a format adds to a store of files.

import type { RecordFormat } from '../carrier/record-format.ts'
import type { Encoder } from '../stream/step.ts'
import type { RecordFile } from './record-file.ts'

export interface FileRecords {
  readonly format: RecordFormat
  readonly encoder: Encoder
  /** Takes over what an existing file says about its records (the columns of a CSV file). */
  resume?(file: RecordFile): void
  /** The bytes every file begins with; known once something was encoded or resumed. */
  header?(): Uint8Array
  /** The ids of the last records of a file, oldest first; `position` is where to begin looking. */
  ids(file: RecordFile, position: number): readonly string[]
}
