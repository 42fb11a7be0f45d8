// Rejected records: counted in the ledger, named on stderr, kept in the file of `--reject`.

import { appendFileSync } from 'node:fs'
import { CarrierError, DataError, placeText, systemReason } from '../errors.ts'
import type { Ledger } from '../stream/ledger.ts'
import type { Reject, Rejecter } from '../stream/reject.ts'
import type { Log } from './log.ts'

/** So many are named one by one; `-v` names all. */
const NAMED = 100

export interface RejectOptions {
  readonly ledger: Ledger
  readonly log: Log
  readonly strict: boolean
  readonly verbose: boolean
  readonly file: string | undefined
}

export function createRejecter({ ledger, log, strict, verbose, file }: RejectOptions): Rejecter {
  let named = 0
  return reject => {
    ledger.stage('input').reject(reject.reason)
    if (file !== undefined) keep(file, reject)
    const reason = reject.detail ? `${reject.reason}: ${reject.detail}` : reject.reason
    if (strict) throw new DataError(reject.place, reason)
    if (verbose || named < NAMED) log.warn(`${placeText(reject.place)}: rejected: ${reason}`)
    else if (named === NAMED) log.warn('more rejected records follow, counted but not named (-v names all)')
    named++
  }
}

const NEWLINE = Uint8Array.of(10)

function keep(file: string, { place, bytes }: Reject): void {
  const ending = place.line === undefined || bytes.at(-1) === NEWLINE[0] ? [] : [NEWLINE]
  try {
    appendFileSync(file, Buffer.concat([bytes, ...ending]))
  } catch (error) {
    throw new CarrierError(file, `cannot keep a rejected record: ${systemReason(error)}`, { cause: error })
  }
}
