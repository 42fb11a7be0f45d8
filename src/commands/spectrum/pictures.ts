// The pictures of a run: drawn from the traces, at its end and on the way.

import { overlap, wholeRange } from '../../chart/columns.ts'
import { type CurveName, type PanelOptions, panelOf } from '../../chart/panels.ts'
import { type PictureOptions, spectrumPicture } from '../../chart/spectrum-picture.ts'
import type { Trace } from '../../chart/trace.ts'
import { Traces, type TracesOptions } from '../../chart/traces.ts'
import type { Context } from '../../cli/command.ts'
import type { Values } from '../../cli/option.ts'
import type { Packet } from '../../packet.ts'
import { PICTURES } from '../../store/picture.ts'
import { PictureFiles } from '../../store/picture-files.ts'
import type { MEASURE } from './measure-options.ts'
import { type PICTURE, pictureSize, rangeNamed, type VIEW } from './picture-options.ts'

/** Of these every picture's waterfall has enough, also a large one's. */
const COLUMNS = 2048
const ROWS = 1024

type PictureContext = Pick<Context, 'warn'>

export interface Pictures {
  see(packet: Packet): boolean
  /** Streams that are not drawn because there are too many. */
  readonly left: number
  /** The last ones; resolves when they are there. */
  close(): Promise<void>
  /** None any more. */
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
  const picture: PictureOptions = { ...pictureSize(values.pixels), theme: values.theme, title: values.title }
  if (files.length === 0) return undefined
  const traces = new Traces(traceOptions(values, options.curves))
  const svg = () =>
    spectrumPicture(
      traces.all.map(trace => panelOf(trace, optionsFor(trace, options))),
      picture,
    )
  const drawn = new PictureFiles(files, svg, { every: values.every, warn: context.warn })
  return {
    see(packet) {
      const isSeen = traces.see(packet)
      if (isSeen) drawn.touch()
      return isSeen
    },
    get left() {
      return traces.left
    },
    async close() {
      await drawn.close()
      for (const trace of traces.all)
        if (isEmpty(trace, options)) context.warn(`${trace.name}: nothing lies in --span ${values.span}`)
    },
    abort: () => drawn.abort(),
  }
}

function isEmpty({ spectrum }: Trace, { span }: PanelOptions): boolean {
  return span !== undefined && !overlap(span, wholeRange(spectrum.axis, spectrum.levels.length))
}

/** What a single spectrum is held to is the spectrum itself, which is drawn once. */
function optionsFor({ spectra }: Trace, options: PanelOptions): PanelOptions {
  return spectra > 1 ? options : { ...options, curves: options.curves.slice(0, 1) }
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
