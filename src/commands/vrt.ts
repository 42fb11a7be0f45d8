// vrt: VITA 49 packets to packets and back, from files and streams, from an instrument, from a simulated one.

import { type Context, defineCommand } from '../cli/command.ts'
import { openInputs, openOutputs, runInto } from '../cli/endpoints.ts'
import { limited } from '../cli/limits.ts'
import type { Option, Values } from '../cli/option.ts'
import { COMMON, INPUT, LIMITS, OUTPUT, QUEUE } from '../cli/shared-options.ts'
import {
  INSTRUMENT,
  jobOf,
  noiseOf,
  onDemandOf,
  parseDevice,
  parseSimulation,
  SIMULATION,
  settingsOf,
  speedOf,
  tonesOf,
} from '../cli/vrt-options.ts'
import { UsageError } from '../errors.ts'
import { KINDS, only } from '../filter/only.ts'
import { instrumentSource } from '../instrument/instrument-source.ts'
import { Signal } from '../instrument/signal.ts'
import { openSimulator } from '../instrument/simulator.ts'
import { randomStream } from '../random.ts'
import type { Source } from '../stream/step.ts'
import { through } from '../stream/through.ts'

const ONLY = [
  {
    name: 'only',
    kind: 'choice',
    choices: KINDS,
    argument: 'KIND',
    summary: 'pass samples alone, or what context packets say alone; default: both',
  },
] as const satisfies readonly Option[]

const OPTIONS = [...COMMON, ...LIMITS, ...INPUT, ...ONLY, ...INSTRUMENT, ...SIMULATION, ...OUTPUT, ...QUEUE] as const

type VrtContext = Context<Values<typeof OPTIONS>>

export const vrt = defineCommand({
  name: 'vrt',
  summary: 'VITA 49 radio packets to packets and back; receivers over SCPI; a simulated receiver',
  description: [
    'vrt reads the packets of VITA 49.0 (VRT), which receivers send, from stdin, files or sockets, and writes them as ' +
      'packets: the samples as they came, big-endian, with what is known of them in the meta. What context packets say ' +
      'holds for the samples that come after them. With --to vrt it does the opposite: samples of anybody become VRT, ' +
      'with the context packets they need before them; packets that came as VRT stay what they were. Frames and ' +
      'newline-JSON are told by their first byte.',
    'With --device it speaks SCPI to an instrument of ThinkRF or one that understands the same: sets it, starts a ' +
      'stream, a sweep or the capture of blocks, reads the samples, and stops the instrument when it ends itself.',
    'With --simulate it is such an instrument, for tests: it hears the tones and the noise that it is told to.',
    'Packets that are missing by their counters are announced by gap records and counted: exit code 3. What follows ' +
      'damaged bytes is found by what packets look like; types of packets that VITA 49.0 does not define are skipped by ' +
      'their size, named and counted.',
  ],
  positionals: [{ name: 'INPUT', summary: 'read from here, as with --in', many: true, input: true }],
  options: OPTIONS,
  topics: [
    {
      title: 'The meta of samples',
      terms: [
        ['dtype, shape', 'as they lie in the payload: ci16_be for pairs of 16-bit integers, cf32_be for floats, …'],
        [
          'full_scale',
          'the number that stands for 1.0; half of it stands for 0 where numbers are unsigned; none for floats',
        ],
        ['stream_id, seq', 'of the packet; seq counts those that are missing, too'],
        ['timestamp, timestamp_ns', 'of the first sample, where the clock is that of UTC or GPS'],
        ['sample_rate, bandwidth', 'in Hz; the rate of ThinkRF’s streams follows from their bandwidth'],
        ['center_frequency', 'in Hz: the RF reference frequency and its offset'],
        ['if_frequency', 'in Hz: where that frequency lies among the samples, if not at 0'],
        [
          'reference_level, gain, temperature',
          'in dBm, dB and °C. The power of x, as a fraction of full scale, is reference_level + 20 log |x|',
        ],
        ['valid_data, reference_lock, over_range, …', 'the flags of the trailer that are enabled, true or false'],
        ['vrt', 'what else the packet said; --to vrt makes the same packet of it again'],
      ],
    },
    {
      title: 'The simulated instrument',
      text: [
        'It knows *IDN?, *RST, :INPUT:MODE, :FREQUENCY:CENTER and :SHIFT, :DECIMATION, :INPUT:GAIN:IF, :INPUT:ATTENUATOR ' +
          'and :VARIABLE, :TRACE:SPPACKET, :TRACE:BLOCK:PACKETS and :DATA?, :TRACE:STREAM, :SWEEP:ENTRY and :LIST, ' +
          ':SYSTEM:ERROR?, in their short and long forms. *:SIMULATE:TONE 2.45GHZ,-30* adds a tone, without arguments ' +
          'all tones are gone; *:SIMULATE:NOISE -80* sets the noise.',
        'A stream goes on by the clock: what readers do not take in time is lost, as the trailer of the packet before ' +
          'says. It stops when it is told to, and when the last reader has left.',
      ],
    },
  ],
  examples: [
    {
      summary: 'Samples as VRT, with the context packets that say what they are',
      line: "sensor-sim --probe 'iq?center=100M' -n 4 --interval 0 | vrt --to vrt -o samples.vrt && vrt samples.vrt --only context --to ndjson",
    },
    {
      summary: 'A simulated receiver, and a recording of what it hears at 2.4 GHz',
      line: 'vrt --simulate=127.0.0.1:27001:27000 & vrt -q --device 127.0.0.1:27001 --data-port 27000 --frequency 2.4G --capture --packets 4 --to vrt -o recording.vrt; kill $!',
    },
    {
      summary: 'A recording as SigMF, and back',
      line: "sensor-sim --probe 'iq?center=100M' --sensors 1 -n 4 --interval 0 | vrt --to vrt -o samples.vrt && vrt samples.vrt -o sigmf:samples && vrt samples.sigmf-meta --to vrt -o again.vrt",
    },
    {
      summary: 'Who is there, and what does it say of itself',
      line: "vrt --simulate=127.0.0.1:27003:27002 & vrt -q --device 127.0.0.1:27003 --identify --scpi ':FREQUENCY:CENTER?' --to ndjson; kill $!",
    },
    {
      summary: 'A stream of 1.95 million samples a second, for a second',
      line: 'vrt --simulate=127.0.0.1:27005:27004 & vrt -q --device 127.0.0.1:27005 --data-port 27004 --decimation 64 --duration 1s --only samples >stream.daq; kill $!',
    },
    {
      summary: 'A sweep: one packet at each of six frequencies',
      line: 'vrt --simulate=127.0.0.1:27007:27006 & vrt -q --device 127.0.0.1:27007 --data-port 27006 --sweep 2G:2.5G --only samples --to ndjson | repack --pick center_frequency,reference_level; kill $!',
    },
    {
      summary: 'Spectra over HTTP, for which the receiver streams only while somebody takes them',
      line: "vrt --simulate=127.0.0.1:27009:27008 & vrt -q --device 127.0.0.1:27009 --data-port 27008 --decimation 256 --on-demand --only samples -o 'http://127.0.0.1:27010/iq?listen' & fft -q -i 'http://127.0.0.1:27010/iq?on-demand' -o 'http://127.0.0.1:27011/spectra?listen' & spectrum -q -i http://127.0.0.1:27011/spectra -n 3 --measure; kill $(jobs -p)",
    },
  ],
  seeAlso: ['fft(1)', 'calibrate(1)', 'spectrum(1)', 'repack(1)', 'packet(5)'],
  filter: true,
  insteadOfStdin: ['device', 'simulate'],
  async run(context) {
    const { values, positionals } = context
    const { device, simulate } = values
    const inputs = [...values.in, ...positionals]
    if ([device !== undefined, simulate !== undefined, inputs.length > 0].filter(Boolean).length > 1)
      throw new UsageError('--device, --simulate and inputs: expected one of them')
    if (simulate !== undefined) return simulated(context, simulate)
    const stages = values.only === undefined ? [] : [only(values.only)]
    const source =
      device === undefined ? openInputs(context, positionals, { otherwise: 'vrt' }) : measured(context, device)
    const sink = await openOutputs({ ...context, values: { ...values, to: formatOf(values) } }, inputs)
    await runInto(limited(through(source, stages), values, context.stop), [], sink)
  },
})

function measured({ values, carrier, reject }: VrtContext, device: string): Source {
  return instrumentSource({
    ...parseDevice(device),
    dataPort: values['data-port'],
    reset: values.reset,
    identify: values.identify,
    commands: values.scpi,
    settings: settingsOf(values),
    job: jobOf(values),
    onDemand: onDemandOf(values),
    context: carrier,
    reject,
    maxPacket: values['max-packet'],
  })
}

/** What an instrument says of itself goes before its samples and must not decide how they are written. */
function formatOf(values: VrtContext['values']): VrtContext['values']['to'] {
  if (values.to !== 'auto' || values.device === undefined || values.out.length > 0) return values.to
  return jobOf(values).kind === 'none' || values.only === 'context' ? 'ndjson' : 'frame'
}

async function simulated({ values, carrier, warn, explain, stop }: VrtContext, address: string): Promise<void> {
  const signal = new Signal({
    tones: tonesOf(values),
    noise: noiseOf(values),
    random: randomStream(values.seed, 'noise'),
  })
  const simulator = await openSimulator({ ...parseSimulation(address), signal, speed: speedOf(values), warn, explain })
  try {
    // No packets pass here, but the limits of time hold.
    for await (const _ of limited(untilStopped(carrier.stop), values, stop));
  } finally {
    await simulator.close()
  }
}

async function* untilStopped(stop: AbortSignal): AsyncGenerator<never> {
  if (!stop.aborted) await new Promise(resolve => stop.addEventListener('abort', resolve))
}
