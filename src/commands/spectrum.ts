// spectrum: spectra looked at: measured, on the terminal, as pictures.

import { isStdoutKept } from '../carrier/stdio.ts'
import { leftText } from '../chart/named.ts'
import { type Context, defineCommand } from '../cli/command.ts'
import { openInputs, openOutputs, runInto } from '../cli/endpoints.ts'
import { limited } from '../cli/limits.ts'
import type { Values } from '../cli/option.ts'
import { COMMON, INPUT, LIMITS, OUTPUT, QUEUE } from '../cli/shared-options.ts'
import { Terminal } from '../cli/terminal.ts'
import { measureStage } from '../dsp/measurements.ts'
import { UsageError } from '../errors.ts'
import type { Batch, Packet } from '../packet.ts'
import { readable } from '../store/readable.ts'
import type { Sink, Stage } from '../stream/step.ts'
import { Display } from './spectrum/display.ts'
import { MEASURE, measureOptions } from './spectrum/measure-options.ts'
import { PICTURE, SPECIAL_SPECTRA, TERMINAL_KEYS, VIEW } from './spectrum/picture-options.ts'
import { panelOptions, picturesOf } from './spectrum/pictures.ts'
import { endPage, inputTitle, LIVE_PAGE, Origins, openPage, SERVE, showStage } from './spectrum/serve.ts'
import type { ViewState } from './spectrum/view-state.ts'

const OPTIONS = [
  ...VIEW,
  ...PICTURE,
  ...MEASURE,
  ...SERVE,
  ...COMMON,
  ...LIMITS,
  ...INPUT,
  ...OUTPUT,
  ...QUEUE,
] as const

type SpectrumContext = Context<Values<typeof OPTIONS>>

export const spectrum = defineCommand({
  name: 'spectrum',
  summary: 'look at spectra: on the terminal, on a live page, as pictures, measured',
  description: [
    'spectrum draws the spectra that fft makes and passes them on as they came, unless stdout is a terminal or /dev/null: it can ' +
      'stand in the middle of a pipeline, and keys are read from the terminal while stdin is the data. Where pictures, a page or ' +
      'measurements are asked for, nothing is drawn on the terminal but with --display always; then none is needed, as in a cron job.',
    'On the terminal the last spectrum of each stream is drawn at the screen’s rate; those between are passed on and not drawn, ' +
      'so that the data never waits, and a tenth of a processor is enough for the longest. Only what is held (max, min, mean) takes every spectrum into account. When the input ' +
      'has ended, what is there stays until q is pressed, with the waterfall of the whole run.',
    'Levels are decibels, whatever the scale of the spectra: V² become dBV, mW dBm, FS² dBFS, V²/Hz dBV/Hz. A column of a picture has the highest of its ' +
      'bins. With --measure a record of measurements takes the place of each spectrum.',
  ],
  positionals: [{ name: 'INPUT', summary: 'read from here, as with --in', many: true, input: true }],
  options: OPTIONS,
  topics: [
    TERMINAL_KEYS,
    SPECIAL_SPECTRA,
    LIVE_PAGE,
    {
      title: 'Measurements',
      terms: [
        [
          'peaks',
          'those of --peaks and --above, the highest first: frequency (Hz) and level. Both are interpolated: a lone tone’s are ' +
            'exact for the window in the meta; without one, those of the parabola through the bin and its neighbours',
        ],
        ['noise_floor', 'the mean of the levels without the lowest fifth'],
        ['noise_density', 'the same by the hertz: less 10 log10(frequency_step * enbw)'],
        ['snr', 'the highest peak less the noise floor, in dB; null where there is no peak'],
        ['channels', 'power = 10 log10(sum of 10^(level / 10) / enbw); of a bin that the channel cuts, its share'],
        [
          'occupied_band',
          'from, to and bandwidth (Hz) of what holds the share of all power, as much of the rest below it as above it',
        ],
      ],
    },
  ],
  examples: [
    {
      summary: 'Pictures for a report: the last spectrum, the greatest of each bin, and the waterfall of the run',
      line: "sensor-sim -n 100 --interval 0 --sensor probe='iq?tones=100k:-20,-300k:-40&center=98M' | fft | spectrum --png fm.png --svg fm.svg --title 'FM band' -o null:",
    },
    {
      summary: 'Peaks, the power of a channel and the occupied bandwidth of each spectrum',
      line: "sensor-sim -n 4 --sensor probe='iq?tones=100k:-20,-300k:-40&center=98M' | fft | spectrum --measure --channel 98.1M/20k",
    },
    {
      summary: 'A page for a browser, while the spectra go on into a file',
      line: "sensor-sim -n 50 --sensor probe='iq?center=98M' | fft | spectrum --serve 127.0.0.1:0 >spectra.daq",
    },
  ],
  seeAlso: ['fft(1)', 'calibrate(1)', 'vrt(1)', 'packet(5)'],
  filter: true,
  async run(context) {
    const { values, stop } = context
    const measuring = measureOptions(values)
    const pictures = picturesOf(values, context)
    const origins = new Origins()
    const onInput = (batch: Batch, input: string) => origins.note(batch, inputTitle(input))
    const source = limited(openInputs(context, context.positionals, { onInput }), values, stop)
    const page = await openPage(context, [...values.in, ...context.positionals])
    let display: Display | undefined
    try {
      display = displayOf(context)
      const sink = await sinkOf(context, display)
      const stages: Stage[] = [watchStage([pictures, display], context)]
      if (page) stages.push(showStage(page, origins, context.reject))
      if (values.measure) stages.push(measureStage(measuring, context.reject))
      await runInto(source, stages, sink)
      await pictures?.close()
      if (values.count === undefined) await display?.stay()
      if (page) await endPage(page, context)
    } catch (error) {
      page?.end(error instanceof Error ? error.message : String(error))
      throw error
    } finally {
      pictures?.abort()
      await display?.close()
      await page?.close()
    }
    const left = leftText(pictures?.left ?? display?.left ?? 0, 'stream')
    if (left !== undefined) context.warn(left)
  },
})

/** A page or a screen is enough: what nobody keeps is not written then. */
async function sinkOf(context: SpectrumContext, display: Display | undefined): Promise<Sink> {
  const { values, positionals } = context
  const isShown = display !== undefined || values.serve !== undefined
  const isOnlyShown = isShown && !values.measure && values.out.length === 0 && !isStdoutKept()
  return isOnlyShown ? { write() {}, async close() {} } : openOutputs(context, [...values.in, ...positionals])
}

function displayOf({ values, stop }: SpectrumContext): Display | undefined {
  const { display, measure, svg, png, serve, color, rate } = values
  const isElsewhere = measure || [svg, png, serve].some(place => place !== undefined)
  if (display === 'never' || (display === 'auto' && isElsewhere)) return undefined
  if (!(rate > 0 && rate <= 120)) throw new UsageError(`--rate ${rate}: expected above 0, and 120 at most`)
  const state: ViewState = {
    ...panelOptions(values, ['last']),
    stream: 0,
    isPaused: false,
    waterfall: values['no-waterfall'] ? 'hidden' : 'shown',
    marks: 'shown',
    help: 'short',
  }
  return new Display({ open: handlers => new Terminal(color, handlers), rate, state, stop })
}

/** Whoever looks at what passes. */
interface View {
  see(packet: Packet): boolean
}

/** Shows every packet to those who look, and passes it on as it came. */
function watchStage(given: readonly (View | undefined)[], { reject }: SpectrumContext): Stage {
  const views = given.filter(view => view !== undefined)
  if (views.length === 0) return { push: batch => batch }
  return {
    push(batch) {
      const kept = readable(batch, reject)
      for (const one of kept) for (const view of views) view.see(one)
      return kept
    },
  }
}
