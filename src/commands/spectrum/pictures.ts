// The pictures of a run: drawn from the traces, at its end and on the way.

import { type CurveName, type PanelOptions, panelOf } from '../../chart/panels.ts'
import { type PictureOptions, spectrumPicture } from '../../chart/spectrum-picture.ts'
import { Traces, type TracesOptions } from '../../chart/traces.ts'
import type { Context } from '../../cli/command.ts'
import type { Values } from '../../cli/option.ts'
import type { Packet } from '../../packet.ts'
import { PICTURES, type PictureKind, writePicture } from '../../store/picture.ts'
import { Timer } from '../../timer.ts'
import type { MEASURE } from './measure-options.ts'
import { type PICTURE, pictureSize, rangeNamed, type VIEW } from './picture-options.ts'

/** Of these every picture's waterfall has enough, also a large one's. */
const COLUMNS = 2048
const ROWS = 1024

type PictureContext = Pick<Context, 'warn' | 'inform'>

export interface Pictures {
  see(packet: Packet): boolean
  /** The last ones; resolves when they are there. */
  close(): Promise<void>
  /** What went wrong on the way is thrown at the end; without another word the timer stops. */
  abort(): void
}

export type PictureValues = Values<typeof PICTURE> & Values<typeof VIEW> & Values<typeof MEASURE>

/** Nothing where no picture is asked for. */
export function picturesOf(values: PictureValues, context: PictureContext): Pictures | undefined {
  const files = PICTURES.flatMap(kind => {
    const path = values[kind]
    return path === undefined ? [] : [{ kind, path }]
  })
  const options = panelOptions(values, ['last', 'max'])
  const picture: PictureOptions = { ...pictureSize(values.size), theme: values.theme, title: values.title }
  if (files.length === 0) return undefined
  return new PictureRun(
    files,
    new Traces(traceOptions(values, options.curves)),
    { ...options, ...picture },
    values.every,
    context,
  )
}

export function panelOptions(values: PictureValues, usual: readonly CurveName[]): PanelOptions {
  return {
    curves: values.trace.length > 0 ? values.trace : usual,
    span: rangeNamed('span', values.span, '97.9M,98.2M'),
    levels: rangeNamed('levels', values.levels, '--levels=-120,-20'),
    peaks: values.peaks,
    above: values.above,
  }
}

function traceOptions(values: PictureValues, curves: readonly CurveName[]): TracesOptions {
  return {
    rows: 'each',
    holds: curves.filter(curve => curve !== 'last'),
    waterfall: values['no-waterfall'] ? undefined : { columns: COLUMNS, rows: ROWS, full: 'thin' },
  }
}

interface PictureFile {
  readonly kind: PictureKind
  readonly path: string
}

class PictureRun implements Pictures {
  readonly #files: readonly PictureFile[]
  readonly #traces: Traces
  readonly #options: PanelOptions & PictureOptions
  readonly #context: PictureContext
  readonly #timer: Timer | undefined
  #drawing: Promise<void> = Promise.resolve()
  #isStale = false
  #hasEnded = false

  constructor(
    files: readonly PictureFile[],
    traces: Traces,
    options: PanelOptions & PictureOptions,
    every: number | undefined,
    context: PictureContext,
  ) {
    this.#files = files
    this.#traces = traces
    this.#options = options
    this.#context = context
    this.#timer = every === undefined ? undefined : new Timer(Math.max(100, every), () => this.#again())
  }

  see(packet: Packet): boolean {
    const isSeen = this.#traces.see(packet)
    this.#isStale ||= isSeen
    return isSeen
  }

  async close(): Promise<void> {
    this.abort()
    await this.#drawing
    await this.#draw()
    const { left } = this.#traces
    if (left > 0) this.#context.warn(`${left} more ${left === 1 ? 'stream is' : 'streams are'} not in the picture`)
  }

  abort(): void {
    this.#hasEnded = true
    this.#timer?.stop()
  }

  /** Only where there is something new, and one at a time. */
  #again(): void {
    this.#drawing = (this.#isStale ? this.#draw() : Promise.resolve())
      .catch(error => this.#context.warn(`${error instanceof Error ? error.message : error}`))
      .finally(() => {
        if (!this.#hasEnded) this.#timer?.restart()
      })
  }

  async #draw(): Promise<void> {
    this.#isStale = false
    // What a single spectrum is held to is the spectrum itself, which is drawn once.
    const alone = { ...this.#options, curves: this.#options.curves.slice(0, 1) }
    const panels = this.#traces.all.map(trace => panelOf(trace, trace.spectra > 1 ? this.#options : alone))
    const svg = spectrumPicture(panels, this.#options)
    for (const { kind, path } of this.#files) await writePicture(path, kind, svg, this.#context)
  }
}
