// The commands, in the order of the manual. Each is loaded when it is asked for.

import type { CommandEntry } from '../cli/dispatch.ts'
import { runCommand } from '../cli/main.ts'

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'repack',
    summary: 'move packets from any input and format to any other',
    table: async () => (await import('./repack.ts')).repack,
    run: async words => runCommand((await import('./repack.ts')).repack, words),
  },
]
