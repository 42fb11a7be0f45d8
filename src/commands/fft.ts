// fft: samples to spectra, and complex spectra back to samples.

import type { Transient } from '../carrier/carrier.ts'
import { type Context, defineCommand } from '../cli/command.ts'
import { openInputs, openOutputs, runInto } from '../cli/endpoints.ts'
import { limited } from '../cli/limits.ts'
import type { Option, Values } from '../cli/option.ts'
import { COMMON, INPUT, LIMITS, OUTPUT, QUEUE } from '../cli/shared-options.ts'
import { AVERAGINGS, makeAverage } from '../dsp/averaging.ts'
import { ORDERS } from '../dsp/frequency-axis.ts'
import { inverseStage } from '../dsp/inverse.ts'
import { prepareThread } from '../dsp/kernel-thread.ts'
import { type SpectrumOptions, spectrumStage } from '../dsp/spectrum.ts'
import { NORMALIZATIONS, SPECTRUM_SCALES } from '../dsp/spectrum-meta.ts'
import { parseWindow, WINDOWS } from '../dsp/window.ts'
import { UsageError } from '../errors.ts'
import type { Batch } from '../packet.ts'
import { through } from '../stream/through.ts'

const GREATEST_SIZE = 2 ** 24

const TRANSFORM = [
  {
    name: 'size',
    short: 's',
    kind: 'count',
    argument: 'N',
    default: '1024',
    summary: 'samples a block; powers of two are fastest, any other size is exact, too',
  },
  {
    name: 'window',
    short: 'w',
    kind: 'text',
    argument: 'WINDOW',
    default: 'hann',
    summary: `${Object.keys(WINDOWS).join(', ')}`,
    detail:
      'It is one period of the window, as is right for spectra; with *,symmetric* behind it both ends are equal, as NumPy has ' +
      'it. *kaiser:14* and *gaussian:0.3* tell the parameter. The window’s coherent gain and its equivalent noise bandwidth in ' +
      'bins are in the meta.',
  },
  {
    name: 'scale',
    kind: 'choice',
    choices: SPECTRUM_SCALES,
    argument: 'SCALE',
    default: 'db',
    summary: 'decibels of power, power, power per hertz, magnitude, or complex amplitudes',
    detail:
      'A power is the mean square: a complex tone of amplitude 1 has 1 (0 dB), a cosine of amplitude 1 has ½ (-3.01 dB). No ' +
      'power at all is -379.3 dB. Without a unit in the meta, 1 is full scale: dBFS.',
  },
  {
    name: 'normalize',
    kind: 'choice',
    choices: NORMALIZATIONS,
    argument: 'BY',
    default: 'window',
    summary: 'divide amplitudes by the sum of the window’s weights, by the size, or by nothing',
    detail:
      'By the window a line shows the amplitude it has, and the power of a real signal’s negative frequencies is added to that ' +
      'of the positive ones. The other two are for those who compare with programs that do neither.',
  },
  {
    name: 'overlap',
    kind: 'fraction',
    argument: 'SHARE',
    default: '0',
    summary: 'the share of a block that it has in common with the next: 50%, 0.75',
  },
  {
    name: 'average',
    kind: 'count',
    argument: 'N',
    summary: 'average the powers of N blocks',
    detail:
      'At an end, a gap or a change the blocks there are make the last one; *averages* in the meta tells how many.',
  },
  {
    name: 'averaging',
    kind: 'choice',
    choices: AVERAGINGS,
    argument: 'HOW',
    default: 'mean',
    summary: 'how: of groups of N blocks, or running, where the newest block weighs an N-th',
    detail:
      'mean, median, max-hold and min-hold give a spectrum for N blocks; max-hold and min-hold without *--average* run on from ' +
      'the start, exponential always runs, and both give a spectrum for each block. A block with a sample that is no number ' +
      'stays out of every average, and counts as dropped.',
  },
  { name: 'remove-dc', kind: 'flag', summary: 'take the mean of each block away from its samples' },
  {
    name: 'order',
    kind: 'choice',
    choices: ORDERS,
    argument: 'ORDER',
    default: 'frequency',
    summary: 'bins from the lowest frequency on, or from 0 with the negative ones behind',
  },
  {
    name: 'rows',
    kind: 'count',
    argument: 'N',
    default: '1',
    summary: 'put up to N spectra into a packet, of those that come together',
    detail:
      'Its shape is then rows and bins, seq is the number of its first spectrum, and row_interval the seconds from one to the ' +
      'next. *--to raw* always does it: the bytes are the same, and it is faster.',
  },
  { name: 'pad', kind: 'flag', summary: 'fill the last block up with zeros; without, its samples are left away' },
  {
    name: 'full-scale',
    kind: 'number',
    argument: 'X',
    summary: 'what samples are divided by; default: integers by the full_scale of their meta, or what they can hold',
    detail:
      '*8192* for samples of 14 bits that come as int16; *1* for integers that mean what they say. From unsigned ones the ' +
      'middle of their range is taken away first.',
  },
  {
    name: 'threads',
    kind: 'count',
    argument: 'N',
    default: '1',
    summary: 'with 2, transform in two threads',
    detail:
      'Blocks of a power of two, and samples whose bins are float32; everything else takes one thread. Of a file that is the only ' +
      'input, raw complex64 or float32 in blocks of up to 256 KiB that do not overlap, without --remove-dc or --chunk, each thread ' +
      'reads its own part, too. The second one takes about a tenth of a second to start: it pays for half a gibibyte and more.',
  },
  { name: 'inverse', kind: 'flag', summary: 'make samples of complex spectra instead' },
] as const satisfies readonly Option[]

const OPTIONS = [...TRANSFORM, ...COMMON, ...LIMITS, ...INPUT, ...OUTPUT, ...QUEUE] as const

type FftValues = Values<typeof OPTIONS>

export const fft = defineCommand({
  name: 'fft',
  summary: 'turn samples into power spectra, and complex spectra back into samples',
  description: [
    'fft gathers samples into blocks, weights each block with a window and writes its spectrum: a packet of bins whose ' +
      'meta tells the frequencies, the scale, the unit and the window. Samples are the data of packets with a dtype, real or ' +
      'complex, of integers or floating point, or the values of sensors; each name is a stream of its own, in each of several ' +
      'inputs.',
    'Frequencies are those of the signal, in hertz: frequency_start is that of the first bin, frequency_step the distance ' +
      'to the next: a year has its line at 3.17e-8. They need the sample_rate of the packets, or --sample-rate; for values ' +
      'of sensors it is taken from their timestamps otherwise. With a rate, the times of values are not compared: those ' +
      'that follow each other are taken to be one period apart. Without a rate a spectrum has no frequencies, and a density ' +
      'is refused. Complex samples span it around center_frequency; real ones span half of it, from 0 on.',
    'A block never reaches across a gap record of its input, a value that is no number, a jump of seq, five times the usual distance ' +
      'without a value where timestamps tell the rate, or a change of what the packets say of their samples: sample_rate, ' +
      'center_frequency, reference_level, unit, dtype. Samples before it that fill no block are left away, or with --pad ' +
      'made up with zeros, and counted at the end. Integers become fractions of what their type can hold. Bins are float32; ' +
      'those of float64 samples, values and integers of 32 bits and more are float64.',
    'A sample that is NaN or infinite makes all bins of its block NaN or infinite, and no others. With --data array such a ' +
      'spectrum stays base64 text, because JSON has no such numbers.',
    'With --count, packets that go out are counted: spectra.',
  ],
  positionals: [{ name: 'INPUT', summary: 'read from here, as with --in', many: true, input: true }],
  options: OPTIONS,
  examples: [
    {
      summary: 'The spectrum of a receiver: tones at 100 and -300 kHz from the centre',
      line: "sensor-sim -n 2 --sensor probe='iq?tones=100k:-20,-300k:-40&center=98M' | fft --to ndjson --data array",
    },
    {
      summary: 'A recording without meta, sixteen blocks averaged, each half over the one before',
      line: 'head -c 1M /dev/urandom | fft --from raw --dtype cu8 --sample-rate 2.4M --average 16 --overlap 50% -o spectra.daq',
    },
    {
      summary: 'Power per hertz of a sensor’s values',
      line: "sensor-sim -n 256 --interval 0 --sensors 1 --probe 'sine?period=1m' | fft -s 64 --scale psd --sample-rate 1 --to ndjson",
    },
    {
      summary: 'There and back again',
      line: 'sensor-sim -n 1 --sensor probe=iq | fft --scale complex -w rectangular | fft --inverse -o samples.daq',
    },
  ],
  seeAlso: ['calibrate(1)', 'vrt(1)', 'sensor-sim(1)', 'packet(5)'],
  filter: true,
  async run(context) {
    const { values, ledger } = context
    const count = ledger.stage('fft')
    const options = optionsOf(values)
    if (options.threaded) prepareThread()
    const transient: Transient = { places: () => spectra?.places(), bursts: true }
    const inputs = new WeakMap<Batch, number>()
    const onInput = (batch: Batch, _: string, index: number) => void inputs.set(batch, index)
    const source = openInputs(context, context.positionals, { asTheyCome: true, transient, onInput })
    const sink = await openOutputs(context, [...values.in, ...context.positionals])
    const spectra = values.inverse
      ? undefined
      : spectrumStage(options, {
          reject: context.reject,
          count,
          warn: context.warn,
          transient: sink.takesAtOnce === true,
          inputOf: batch => inputs.get(batch),
        })
    const stage = spectra ?? inverseStage(context.reject)
    // Packets of raw samples are as long as what was read at once: only those that go out are worth counting.
    const { count: most, ...limits } = values
    const input = limited(source, limits, context.stop)
    try {
      if (most === undefined) await runInto(input, [stage], sink)
      else await runInto(limited(through(input, [stage]), { count: most }, context.stop), [], sink)
    } finally {
      // Also after a timeout.
      tellRest(context, spectra?.untransformed ?? 0)
    }
  },
})

function optionsOf(values: FftValues): SpectrumOptions {
  const { size, scale, overlap, average, averaging } = values
  if (size < 1 || size > GREATEST_SIZE) throw new UsageError(`--size ${size}: expected 1 … ${GREATEST_SIZE}`)
  if (overlap >= 1) throw new UsageError(`--overlap ${overlap}: expected less than the whole block`)
  const isAveraged = average !== undefined || averaging !== 'mean'
  if (isAveraged && scale === 'complex') throw new UsageError('--scale complex: powers are averaged, not amplitudes')
  // Says what is wrong with it before anything is read.
  if (isAveraged) makeAverage(averaging, average)
  if (values.threads < 1 || values.threads > 2) throw new UsageError(`--threads ${values.threads}: expected 1 or 2`)
  if (values.rows < 1) throw new UsageError('--rows 0: expected 1 or more')
  const fullScale = values['full-scale']
  if (fullScale !== undefined && !(fullScale > 0)) throw new UsageError(`--full-scale ${fullScale}: expected above 0`)
  return {
    size,
    scale,
    overlap,
    average,
    averaging,
    fullScale,
    window: parseWindow(values.window),
    normalization: values.normalize,
    order: values.order,
    removeMean: values['remove-dc'],
    pad: values.pad,
    threaded: values.threads === 2,
    rows: values.to === 'raw' && values.count === undefined ? Number.POSITIVE_INFINITY : values.rows,
    sampleRate: values['sample-rate'],
  }
}

function tellRest({ inform }: Context, rest: number): void {
  const samples = rest === 1 ? '1 sample' : `${rest} samples`
  if (rest > 0) inform(`left away: ${samples} that filled no block; --pad makes one of them with zeros`)
}
