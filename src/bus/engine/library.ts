// The client of an engine: loaded when a bus of its kind is used, and installed only where somebody wants that.

import { CarrierError, errorCode } from '../../errors.ts'

/** Throws a CarrierError that says how the package is installed where it is not there. */
export async function libraryOf<Library>(where: string, name: string): Promise<Library> {
  try {
    return await import(name)
  } catch (error) {
    if (!['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes(errorCode(error) ?? '')) throw error
    throw new CarrierError(where, `the package '${name}' is not installed: npm install ${name}`, { cause: error })
  }
}
