// A receiver of ThinkRF's as its user sees it: identified, set, and asked for samples.

import { CarrierError } from '../errors.ts'
import type { ScpiClient } from './scpi-client.ts'
import type { Reply } from './scpi-reply.ts'

export interface Identity {
  readonly manufacturer: string
  readonly model: string
  readonly serial: string
  readonly firmware: string
}

/** What is left out stays as it is. Frequencies in Hz, gain in dB; attenuation in dB, or on or off where it has one. */
export interface AnalyzerSettings {
  readonly mode?: string | undefined
  readonly frequency?: number | undefined
  readonly shift?: number | undefined
  readonly decimation?: number | undefined
  readonly attenuation?: number | 'on' | 'off' | undefined
  readonly gain?: number | undefined
  readonly samplesPerPacket?: number | undefined
  readonly packetsPerBlock?: number | undefined
}

/** Frequencies in Hz; `iterations` 0: for ever. */
export interface Sweep {
  readonly start: number
  readonly stop: number
  readonly step: number
  readonly iterations: number
}

/** How a setting is said: of the receiver itself, and of an entry of a sweep. */
type Phrase = readonly [own: string, entry: string]

/** The mode first, because it decides what the others may be. */
function phrases({ attenuation, ...settings }: AnalyzerSettings): readonly (readonly [Phrase, unknown])[] {
  const isVariable = typeof attenuation === 'number'
  const attenuator: Phrase = isVariable
    ? [':INPUT:ATTENUATOR:VARIABLE', ':SWEEP:ENTRY:ATTENUATOR:VARIABLE']
    : [':INPUT:ATTENUATOR', ':SWEEP:ENTRY:ATTENUATOR']
  return [
    [[':INPUT:MODE', ':SWEEP:ENTRY:MODE'], settings.mode],
    [[':SENSE:DECIMATION', ':SWEEP:ENTRY:DECIMATION'], settings.decimation],
    [[':SENSE:FREQUENCY:CENTER', ':SWEEP:ENTRY:FREQUENCY:CENTER'], settings.frequency],
    [[':SENSE:FREQUENCY:SHIFT', ':SWEEP:ENTRY:FREQUENCY:SHIFT'], settings.shift],
    [attenuator, isVariable || attenuation === undefined ? attenuation : attenuation === 'on' ? 1 : 0],
    [[':INPUT:GAIN:IF', ':SWEEP:ENTRY:GAIN:IF'], settings.gain],
    [[':TRACE:SPPACKET', ':SWEEP:ENTRY:SPPACKET'], settings.samplesPerPacket],
    [[':TRACE:BLOCK:PACKETS', ':SWEEP:ENTRY:PPBLOCK'], settings.packetsPerBlock],
  ]
}

/** What `:SYSTEM:ERROR?` says when there is none. */
const FINE = /^\+?0\b/
/** An instrument keeps no more errors than this. */
const MOST_ERRORS = 64

/** Every error is a CarrierError that names the instrument, and the command that it did not take. */
export class Analyzer {
  readonly #scpi: ScpiClient

  constructor(scpi: ScpiClient) {
    this.#scpi = scpi
  }

  async identify(): Promise<Identity> {
    const answer = await this.#scpi.ask('*IDN?')
    const [manufacturer = '', model = '', serial = '', firmware = ''] = answer.split(',').map(part => part.trim())
    return { manufacturer, model, serial, firmware }
  }

  /** Errors of others, which nobody has asked for, are not taken for answers to what comes. */
  async forgetErrors(): Promise<void> {
    for (let asked = 0; asked < MOST_ERRORS; asked++) if (FINE.test(await this.#scpi.ask(':SYSTEM:ERROR?'))) return
  }

  /** Any command or question, in the words of the instrument; a command has no answer. */
  async say(text: string): Promise<Reply | undefined> {
    if (/\?/.test(text)) return this.#scpi.query(text)
    await this.#command(text)
    return undefined
  }

  /** Everything as after power-on. */
  async reset(): Promise<void> {
    await this.#command('*RST')
  }

  async apply(settings: AnalyzerSettings): Promise<void> {
    for (const [[own], value] of phrases(settings)) if (value !== undefined) await this.#command(`${own} ${value}`)
  }

  /** The name of the mode, and by how much samples are decimated in it. */
  async mode(): Promise<{ readonly name: string; readonly decimation: number }> {
    const name = await this.#scpi.ask(':INPUT:MODE?')
    return { name: name.toUpperCase(), decimation: Number(await this.#scpi.ask(':SENSE:DECIMATION?')) }
  }

  /** How many packets a block has. */
  async packetsPerBlock(): Promise<number> {
    return Number(await this.#scpi.ask(':TRACE:BLOCK:PACKETS?'))
  }

  /** Asks to be the one who captures; nothing older than that will come. */
  async acquire(): Promise<void> {
    const granted = await this.#scpi.ask(':SYSTEM:LOCK:REQUEST? ACQ')
    if (granted !== '1') throw new CarrierError(this.#scpi.name, 'somebody else captures from this instrument')
    await this.#command(':SYSTEM:FLUSH')
  }

  /** The samples come over the data connection. */
  async captureBlock(): Promise<void> {
    await this.#scpi.set(':TRACE:BLOCK:DATA?')
  }

  async startStream(): Promise<void> {
    await this.#command(':TRACE:STREAM:START')
  }

  async stopStream(): Promise<void> {
    await this.#command(':TRACE:STREAM:STOP')
  }

  async startSweep({ start, stop, step, iterations }: Sweep, settings: AnalyzerSettings): Promise<void> {
    await this.#command(':SWEEP:ENTRY:DELETE ALL')
    await this.#command(':SWEEP:ENTRY:NEW')
    for (const [[, entry], value] of phrases({ ...settings, frequency: undefined })) {
      if (value !== undefined) await this.#command(`${entry} ${value}`)
    }
    await this.#command(`:SWEEP:ENTRY:FREQUENCY:CENTER ${start},${stop}`)
    await this.#command(`:SWEEP:ENTRY:FREQUENCY:STEP ${step}`)
    await this.#command(':SWEEP:ENTRY:SAVE')
    await this.#command(`:SWEEP:LIST:ITERATIONS ${iterations}`)
    await this.#command(':SWEEP:LIST:START')
  }

  async stopSweep(): Promise<void> {
    await this.#command(':SWEEP:LIST:STOP')
  }

  /** The instrument takes commands without a word: what it thought of one is asked after each. */
  async #command(text: string): Promise<void> {
    await this.#scpi.set(text)
    const verdict = await this.#scpi.ask(':SYSTEM:ERROR?')
    if (!FINE.test(verdict)) throw new CarrierError(this.#scpi.name, `'${text}': ${verdict}`)
  }
}
