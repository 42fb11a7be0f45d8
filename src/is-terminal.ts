// Whether a person sits at a descriptor, without making a stream of it: that is a tenth of a start.

import { fstatSync } from 'node:fs'
import { isatty } from 'node:tty'

/** False for one that is closed, too. */
export function isTerminal(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isCharacterDevice() && isatty(descriptor)
  } catch {
    return false
  }
}
