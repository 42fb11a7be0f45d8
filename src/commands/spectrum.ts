// spectrum: spectra looked at: measured, on the terminal, as pictures.

import { isStdoutKept } from '../carrier/stdio.ts'
import { type Context, defineCommand } from '../cli/command.ts'
import { openInputs, openOutputs, runInto } from '../cli/endpoints.ts'
import { limited } from '../cli/limits.ts'
import type { Values } from '../cli/option.ts'
import { COMMON, INPUT, LIMITS, OUTPUT, QUEUE } from '../cli/shared-options.ts'
import { type MeasureOptions, measureStage } from '../dsp/measurements.ts'
import type { Batch } from '../packet.ts'
import type { Sink, Stage } from '../stream/step.ts'
import { MEASURE, measureOptions } from './spectrum/measure-options.ts'
import { endPage, inputTitle, LIVE_PAGE, Origins, openPage, SERVE, showStage } from './spectrum/serve.ts'

const OPTIONS = [...MEASURE, ...SERVE, ...COMMON, ...LIMITS, ...INPUT, ...OUTPUT, ...QUEUE] as const

type SpectrumContext = Context<Values<typeof OPTIONS>>

export const spectrum = defineCommand({
  name: 'spectrum',
  summary: 'look at spectra: measured, on a live page',
  description: [
    'spectrum reads the spectra that fft makes and passes them on as they came. With --measure it writes a record of measurements in place of each.',
  ],
  positionals: [{ name: 'INPUT', summary: 'read from here, as with --in', many: true, input: true }],
  options: OPTIONS,
  topics: [
    LIVE_PAGE,
    {
      title: 'Measurements',
      terms: [
        [
          'peaks',
          'bins above their neighbours, the highest first: frequency (Hz) and level. Both are interpolated: a lone tone’s are ' +
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
    const { values } = context
    const options = measureOptions(values)
    const origins = new Origins()
    const onInput = (batch: Batch, input: string) => origins.note(batch, inputTitle(input))
    const source = limited(openInputs(context, context.positionals, { onInput }), values, context.stop)
    const page = await openPage(context, [...values.in, ...context.positionals])
    try {
      const sink = await sinkOf(context)
      const shown = page ? [showStage(page, origins, context.reject)] : []
      await runInto(source, [...shown, ...stagesOf(context, options)], sink)
      if (page) await endPage(page, context)
    } finally {
      await page?.close()
    }
  },
})

/** A page is enough: what nobody keeps is not written then. */
async function sinkOf(context: SpectrumContext): Promise<Sink> {
  const { values, positionals } = context
  const isOnlyShown = values.serve !== undefined && !values.measure && values.out.length === 0 && !isStdoutKept()
  return isOnlyShown ? { write() {}, async close() {} } : openOutputs(context, [...values.in, ...positionals])
}

function stagesOf({ values, reject }: SpectrumContext, options: MeasureOptions): readonly Stage[] {
  return values.measure ? [measureStage(options, reject)] : []
}
