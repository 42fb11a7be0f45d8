// Parts of Node that warn of themselves, used where what is used of them has stayed as it was.

import process from 'node:process'

export function withoutWarnings<T>(use: () => T): T {
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    return use()
  } finally {
    process.emitWarning = emitWarning
  }
}
