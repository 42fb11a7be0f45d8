// spectrum: spectra looked at: measured, on the terminal, as pictures.

import { type Context, defineCommand } from '../cli/command.ts'
import { openInputs, openOutputs, runInto } from '../cli/endpoints.ts'
import { limited } from '../cli/limits.ts'
import type { Values } from '../cli/option.ts'
import { COMMON, INPUT, LIMITS, OUTPUT, QUEUE } from '../cli/shared-options.ts'
import { type MeasureOptions, measureStage } from '../dsp/measurements.ts'
import type { Stage } from '../stream/step.ts'
import { MEASURE, measureOptions } from './spectrum/measure-options.ts'

const OPTIONS = [...MEASURE, ...COMMON, ...LIMITS, ...INPUT, ...OUTPUT, ...QUEUE] as const

type SpectrumContext = Context<Values<typeof OPTIONS>>

export const spectrum = defineCommand({
  name: 'spectrum',
  summary: 'look at spectra: measured',
  description: [
    'spectrum reads the spectra that fft makes and passes them on as they came. With --measure it writes a record of measurements in place of each.',
  ],
  positionals: [{ name: 'INPUT', summary: 'read from here, as with --in', many: true, input: true }],
  options: OPTIONS,
  topics: [
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
  ],
  seeAlso: ['fft(1)', 'calibrate(1)', 'vrt(1)', 'packet(5)'],
  filter: true,
  async run(context) {
    const { values } = context
    const stages = stagesOf(context, measureOptions(values))
    const source = limited(openInputs(context, context.positionals), values, context.stop)
    const sink = await openOutputs(context, [...values.in, ...context.positionals])
    await runInto(source, stages, sink)
  },
})

function stagesOf({ values, reject }: SpectrumContext, options: MeasureOptions): readonly Stage[] {
  return values.measure ? [measureStage(options, reject)] : []
}
