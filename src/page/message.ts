// What goes over the page's socket: text says what state the command is in, bytes are spectra as frames of packet(5).

import type { Range } from '../chart/ticks.ts'

/** What a page shows, at first. */
export interface View {
  /** How many peaks, and how many decibels they stand above the noise floor at least. */
  readonly peaks: number
  readonly above: number
  /** Hz. */
  readonly span?: Range
  /** Decibels. */
  readonly levels?: Range
}

/** From the server, as JSON. */
export type Notice =
  | {
      readonly kind: 'hello'
      /** Of the page's files: a page of another build loads itself again. */
      readonly build: string
      /** Of this run: what was held or shown of another is not of this one. */
      readonly run: string
      readonly title: string
      readonly view: View
    }
  | { readonly kind: 'ended'; readonly at: string; readonly reason: string }

/** From the page, when it has drawn what it was sent: it may be sent the next. */
export const DRAWN = 'drawn'

/** Rows of a frame's data: the last spectrum, the greatest levels since the frame before, those since the start. */
export const ROWS = ['latest', 'greatest', 'held'] as const
export type Row = (typeof ROWS)[number]

/** The meta of a frame. */
export interface TraceMeta {
  /** The number of the trace: one panel each. */
  readonly trace: number
  readonly title: string
  /** Its place among the others. */
  readonly order: number
  readonly rows: readonly Row[]
  readonly bins: number
  /** Of the first bin, and from one to the next. */
  readonly start: number
  readonly step: number
  readonly axisUnit: string
  readonly unit: string
  /** How many bins of the spectrum each of these is the greatest of. */
  readonly joined: number
  /** Spectra since the frame before, and since the start. */
  readonly spectra: number
  readonly total: number
  /** Bins that a line is wide: resolution in `axisUnit`. */
  readonly resolution: number
  /** What the samples were weighted with, as `fft --window` has it, and the size of the transform. */
  readonly window?: string
  readonly size: number
  /** Changes when frequencies, size or unit do: what was before cannot be compared. */
  readonly form: number
  /** RFC 3339, of the last spectrum, where its packet has one. */
  readonly timestamp?: string
}

export interface TraceFrame {
  readonly meta: TraceMeta
  readonly levels: Partial<Record<Row, Float32Array>>
}

const MAGIC = 0x514144f7

/** The frames of a message, one behind the other. Throws an Error for bytes that are none. */
export function* readFrames(message: ArrayBuffer): Generator<TraceFrame> {
  const view = new DataView(message)
  for (let at = 0; at < message.byteLength; ) {
    if (view.getUint32(at, true) !== MAGIC) throw new Error(`no frame at ${at}`)
    const metaStart = at + view.getUint16(at + 6, true)
    const dataStart = metaStart + view.getUint32(at + 8, true)
    const length = view.getUint32(at + 16, true)
    const text = new TextDecoder().decode(new Uint8Array(message, metaStart, dataStart - metaStart))
    const meta: TraceMeta = JSON.parse(text)
    const levels = meta.rows.map((row, k) => [row, new Float32Array(message, dataStart + k * meta.bins * 4, meta.bins)])
    yield { meta, levels: Object.fromEntries(levels) }
    at = dataStart + length
  }
}
