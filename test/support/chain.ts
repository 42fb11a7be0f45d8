// A chain of commands joined over HTTP, from a simulated receiver to calibrated spectra, each a process of its own.

import type { Test } from 'tap'
import { ScpiClient } from '../../src/instrument/scpi-client.ts'
import { start } from './process.ts'

export interface Chain {
  /** The instrument's own words. */
  readonly scpi: ScpiClient
  /** Where calibrated spectra are. */
  readonly url: string
  /** Resolves when the instrument streams, or does not. */
  streams(running: boolean): Promise<void>
}

const WHERE = /listening on (\S+)/

/** A command that listens at a port which the system chooses, and where that is. */
export async function listening(t: Test, line: string, folder: string): Promise<string> {
  const said = await start(t, line, { folder }).said(WHERE)
  return WHERE.exec(said)?.[1] ?? ''
}

/** vrt --simulate, vrt --device, fft, calibrate; all on demand. */
export async function openChain(t: Test, folder: string): Promise<Chain> {
  const instrument = start(t, 'vrt --simulate=127.0.0.1:0:0 --noise -110', { folder })
  const said = await instrument.said(/vrt:\/\/127\.0\.0\.1:\d+/)
  const control = portOf(said, 'scpi')
  const samples = await listening(
    t,
    `vrt --device 127.0.0.1:${control} --data-port ${portOf(said, 'vrt')} --decimation 1024 --frequency 2.45G ` +
      "--on-demand --only samples -o 'http://127.0.0.1:0/samples?listen'",
    folder,
  )
  const spectra = await listening(
    t,
    `fft -i '${samples}/samples?on-demand' -w flattop -o 'http://127.0.0.1:0/spectra?listen'`,
    folder,
  )
  const calibrated = await listening(
    t,
    `calibrate -i '${spectra}/spectra?on-demand' --reference-level -o 'http://127.0.0.1:0/calibrated?listen'`,
    folder,
  )
  const { signal: stop } = new AbortController()
  const scpi = await ScpiClient.open({ host: '127.0.0.1', port: control, stop, warn() {} })
  if (!scpi) throw new Error('no instrument')
  t.teardown(() => scpi.close())
  return {
    scpi,
    url: `${calibrated}/calibrated`,
    async streams(running) {
      const wanted = running ? 'RUNNING' : 'STOPPED'
      while ((await scpi.ask(':TRACE:STREAM:STATUS?')) !== wanted) await new Promise(resolve => setImmediate(resolve))
    },
  }
}

function portOf(said: string, scheme: string): number {
  return Number(new RegExp(`${scheme}://127\\.0\\.0\\.1:(\\d+)`).exec(said)?.[1])
}
