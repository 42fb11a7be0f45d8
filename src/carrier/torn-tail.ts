// The record that a crash cut off at the end of a file: found, named and set aside before more is added.

import { closeSync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { CarrierError, errorCode, systemReason } from '../errors.ts'
import { FileWindow } from './file-window.ts'
import type { RecordFormat, Survey } from './record-format.ts'

export interface TornTailOptions {
  /** Open for reading and writing. */
  readonly descriptor: number
  readonly path: string
  /** What the file is called in messages. */
  readonly name: string
  readonly format: RecordFormat
  readonly warn: (message: string) => void
}

/**
 * Afterwards the file ends where the survey says, with a whole record. The tail is kept beside the file, durable before
 * it is cut off: who wants it can look at it.
 */
export function setTornTailAside({ descriptor, path, name, format, warn }: TornTailOptions): Survey {
  const window = new FileWindow(descriptor)
  const survey = format.survey(window)
  const { end } = survey
  if (end === window.size) return survey
  const aside = createFresh(`${path}.torn-${end}`)
  try {
    for (let at = end; at < window.size; at += window.block) {
      writeAll(aside.descriptor, window.read(at, Math.min(window.block, window.size - at)))
    }
    fsyncSync(aside.descriptor)
  } catch (error) {
    throw new CarrierError(aside.path, `cannot keep a torn record: ${systemReason(error)}`, { cause: error })
  } finally {
    closeSync(aside.descriptor)
  }
  ftruncateSync(descriptor, end)
  fsyncSync(descriptor)
  warn(`${name}: the last record was cut short at byte ${end}: moved ${window.size - end} bytes to ${aside.path}`)
  return survey
}

function createFresh(path: string): { readonly path: string; readonly descriptor: number } {
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? path : `${path}.${number}`
    try {
      return { path: candidate, descriptor: openSync(candidate, 'wx') }
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw new CarrierError(candidate, systemReason(error), { cause: error })
    }
  }
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  let done = 0
  while (done < bytes.length) done += writeSync(descriptor, bytes, done)
}
