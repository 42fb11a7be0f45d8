// The commands, in the order of the manual. Each is loaded when it is asked for.

import type { CommandEntry } from '../cli/dispatch.ts'
import { familyTable, runFamily } from '../cli/family.ts'
import { runCommand } from '../cli/main.ts'
import { broker } from './broker.ts'

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'sensor-sim',
    summary: 'simulate sensors and the network that carries their messages',
    table: async () => (await import('./sensor-sim.ts')).sensorSim,
    run: async words => runCommand((await import('./sensor-sim.ts')).sensorSim, words),
  },
  {
    name: 'log-sink',
    summary: 'log packets to CSV, SQLite, PostgreSQL, ndjson or frame files, memory, the screen or a plot',
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
    name: broker.name,
    summary: broker.summary,
    verbs: broker.verbs,
    table: async () => familyTable(broker),
    run: words => runFamily(broker, words),
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
  {
    name: 'vrt',
    summary: 'VITA 49 radio packets to packets and back; receivers over SCPI; a simulated receiver',
    table: async () => (await import('./vrt.ts')).vrt,
    run: async words => runCommand((await import('./vrt.ts')).vrt, words),
  },
  {
    name: 'valkyrie-send',
    summary: 'send packets to programs that read Valkyrie packets',
    table: async () => (await import('./valkyrie-send.ts')).valkyrieSend,
    run: async words => runCommand((await import('./valkyrie-send.ts')).valkyrieSend, words),
  },
  {
    name: 'valkyrie-recv',
    summary: 'receive packets from programs that write Valkyrie packets',
    table: async () => (await import('./valkyrie-recv.ts')).valkyrieRecv,
    run: async words => runCommand((await import('./valkyrie-recv.ts')).valkyrieRecv, words),
  },
  {
    name: 'valkyrie-keygen',
    summary: 'make the keys for encrypted Valkyrie connections',
    table: async () => (await import('./valkyrie-keygen.ts')).valkyrieKeygen,
    run: async words => runCommand((await import('./valkyrie-keygen.ts')).valkyrieKeygen, words),
  },
  {
    name: 'fft',
    summary: 'turn samples into power spectra, and complex spectra back into samples',
    table: async () => (await import('./fft.ts')).fft,
    run: async words => runCommand((await import('./fft.ts')).fft, words),
  },
  {
    name: 'calibrate',
    summary: 'correct samples and spectra: levels, IQ imbalance, offsets, inversion, usable bins',
    table: async () => (await import('./calibrate.ts')).calibrate,
    run: async words => runCommand((await import('./calibrate.ts')).calibrate, words),
  },
  {
    name: 'spectrum',
    summary: 'look at spectra: on the terminal, on a live page, as pictures, measured',
    table: async () => (await import('./spectrum.ts')).spectrum,
    run: async words => runCommand((await import('./spectrum.ts')).spectrum, words),
  },
  {
    name: 'plot',
    summary: 'look at values over time: on the terminal, as SVG and PNG pictures',
    table: async () => (await import('./plot.ts')).plot,
    run: async words => runCommand((await import('./plot.ts')).plot, words),
  },
]
