// Debian's Python and its packages, where they are installed.

import { execFileSync } from 'node:child_process'

export const DEBIAN_PYTHON = '/usr/bin/python3'

function missing(...modules: readonly string[]): string | false {
  try {
    execFileSync(DEBIAN_PYTHON, ['-c', modules.map(name => `import ${name}`).join('\n')], { stdio: 'ignore' })
    return false
  } catch {
    return `skipped: no ${DEBIAN_PYTHON}${modules.length > 0 ? ` with ${modules.join(' and ')}` : ''}`
  }
}

/** Why a test that needs it cannot run, or false. */
export const noPython = missing()
export const noNumpy = missing('numpy')
export const noPyzmq = missing('zmq')
