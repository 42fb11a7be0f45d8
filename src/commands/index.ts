// The commands, in the order of the manual. Each is loaded when it is asked for.

import type { CommandEntry } from '../cli/dispatch.ts'
import { runCommand } from '../cli/main.ts'

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'sensor-sim',
    summary: 'simulate sensors and the network that carries their messages',
    table: async () => (await import('./sensor-sim.ts')).sensorSim,
    run: async words => runCommand((await import('./sensor-sim.ts')).sensorSim, words),
  },
  {
    name: 'log-sink',
    summary: 'log packets to CSV, SQLite, PostgreSQL, ndjson or frame files, memory or the screen',
    table: async () => (await import('./log-sink.ts')).logSink,
    run: async words => runCommand((await import('./log-sink.ts')).logSink, words),
  },
  {
    name: 'log-source',
    summary: 'read what log-sink has stored back as packets',
    table: async () => (await import('./log-source.ts')).logSource,
    run: async words => runCommand((await import('./log-source.ts')).logSource, words),
  },
  {
    name: 'repack',
    summary: 'move packets from any input and format to any other',
    table: async () => (await import('./repack.ts')).repack,
    run: async words => runCommand((await import('./repack.ts')).repack, words),
  },
  {
    name: 'verify',
    summary: 'prove what a transport did: lost, duplicated, reordered, corrupt, late',
    table: async () => (await import('./verify.ts')).verify,
    run: async words => runCommand((await import('./verify.ts')).verify, words),
  },
]
