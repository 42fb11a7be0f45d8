// Errors of the operating system as errors of a carrier.

import { CarrierError, systemReason } from '../errors.ts'

/** The error in words; what already is a CarrierError stays as it is. */
export function carrierError(where: string, error: unknown): CarrierError {
  return error instanceof CarrierError ? error : new CarrierError(where, systemReason(error), { cause: error })
}

/** What `act` gives; its error becomes a CarrierError. */
export function inWords<T>(where: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    throw carrierError(where, error)
  }
}
