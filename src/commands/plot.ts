// plot: the values of sensors over time, on the terminal and as pictures, while they pass.

import { isStdoutKept } from '../carrier/stdio.ts'
import { leftText } from '../chart/named.ts'
import { Sensors } from '../chart/sensors.ts'
import { timeView } from '../chart/time-panels.ts'
import { timePicture } from '../chart/time-picture.ts'
import { ZONES } from '../chart/time-ticks.ts'
import { type Context, defineCommand } from '../cli/command.ts'
import { openInputs, openOutputs, runInto } from '../cli/endpoints.ts'
import { limited } from '../cli/limits.ts'
import type { Option, Values } from '../cli/option.ts'
import { COMMON, INPUT, LIMITS, OUTPUT, QUEUE } from '../cli/shared-options.ts'
import { Terminal } from '../cli/terminal.ts'
import { UsageError } from '../errors.ts'
import { PICTURES } from '../store/picture.ts'
import { PictureFiles } from '../store/picture-files.ts'
import { PlotScreen } from '../store/plot-screen.ts'
import { readable } from '../store/readable.ts'
import type { Sink, Stage } from '../stream/step.ts'
import { PICTURE, pictureSize } from './spectrum/picture-options.ts'

const PLOT = [
  { name: 'field', kind: 'text', argument: 'KEY', default: 'value', summary: 'plot this key of the packets' },
  { name: 'latest', kind: 'duration', argument: 'TIME', summary: 'plot only the latest values, of this time' },
  {
    name: 'zone',
    kind: 'choice',
    choices: ZONES,
    argument: 'ZONE',
    default: 'utc',
    summary: 'the zone of the time axis',
  },
  ...PICTURE,
  {
    name: 'display',
    kind: 'choice',
    choices: ['auto', 'always', 'never'],
    argument: 'WHEN',
    default: 'auto',
    summary: 'draw on the terminal: auto is where no pictures are asked for',
  },
  { name: 'rate', kind: 'number', argument: 'HZ', default: '10', summary: 'how often the terminal is drawn at most' },
] as const satisfies readonly Option[]

const OPTIONS = [...PLOT, ...COMMON, ...LIMITS, ...INPUT, ...OUTPUT, ...QUEUE] as const

type PlotContext = Context<Values<typeof OPTIONS>>

export const plot = defineCommand({
  name: 'plot',
  summary: 'look at values over time: on the terminal, as SVG and PNG pictures',
  description: [
    'plot draws the values of sensors over time, each name a curve, each unit a panel of its own under one time axis, and passes ' +
      'the packets on as they came, unless stdout is a terminal or /dev/null. On the terminal it is drawn at the screen’s rate, ' +
      'and the data never waits for it; when the input has ended the plot stays until q is pressed.',
    'A gap is shown as a gap: where a sensor sends null, at a gap record, and where nothing came for five times the usual ' +
      'distance of the values. A packet without a timestamp has the time at which it came.',
    'However long a run is, it is drawn whole from bounded memory: of more than 8192 values of a sensor two become one that ' +
      'spans both, so that no peak is lost.',
  ],
  positionals: [{ name: 'INPUT', summary: 'read from here, as with --in', many: true, input: true }],
  options: OPTIONS,
  examples: [
    {
      summary: 'A picture of what five sensors measured',
      line: 'sensor-sim -n 500 --interval 0 | plot --png day.png -o null:',
    },
    {
      summary: 'The last hour of a log, in local time',
      line: "sensor-sim -n 50 --interval 0 | log-sink -q log.csv; log-source log.csv | plot --svg hour.svg --latest 1h --zone local --title 'The last hour' >/dev/null",
    },
  ],
  seeAlso: ['spectrum(1)', 'log-sink(1)', 'log-source(1)', 'sensor-sim(1)'],
  filter: true,
  async run(context) {
    const { values, stop } = context
    const sensors = new Sensors({ field: values.field, window: values.latest, now: Date.now })
    const pictures = picturesOf(sensors, context)
    const source = limited(openInputs(context, context.positionals), values, stop)
    let screen: PlotScreen | undefined
    try {
      screen = screenOf(sensors, context)
      const views = [pictures, screen].filter(view => view !== undefined)
      await runInto(source, [seeStage(sensors, views, context)], await sinkOf(context, screen))
      await pictures?.close()
      if (values.count === undefined) await screen?.stay()
    } finally {
      pictures?.abort()
      await screen?.close()
    }
    const left = leftText(sensors.left, 'sensor')
    if (left !== undefined) context.warn(left)
  },
})

function picturesOf(sensors: Sensors, { values, warn }: PlotContext): PictureFiles | undefined {
  const files = PICTURES.flatMap(kind => {
    const path = values[kind]
    return path === undefined ? [] : [{ kind, path }]
  })
  const picture = { ...pictureSize(values.pixels), theme: values.theme, title: values.title }
  if (files.length === 0) return undefined
  const svg = () => timePicture(timeView(sensors.all, values.zone), picture)
  return new PictureFiles(files, svg, { every: values.every, warn })
}

function screenOf(sensors: Sensors, { values, stop }: PlotContext): PlotScreen | undefined {
  const { display, svg, png, rate, zone, color } = values
  if (display === 'never' || (display === 'auto' && (svg !== undefined || png !== undefined))) return undefined
  if (!(rate > 0 && rate <= 120)) throw new UsageError(`--rate ${rate}: expected above 0, and 120 at most`)
  return new PlotScreen(sensors, { open: handlers => new Terminal(color, handlers), zone, rate, stop })
}

/** A screen is enough: what nobody keeps is not written then. */
async function sinkOf(context: PlotContext, screen: PlotScreen | undefined): Promise<Sink> {
  const { values, positionals } = context
  const isOnlyShown = screen !== undefined && values.out.length === 0 && !isStdoutKept()
  return isOnlyShown ? { write() {}, async close() {} } : openOutputs(context, [...values.in, ...positionals])
}

function seeStage(sensors: Sensors, views: readonly { touch(): void }[], { reject }: PlotContext): Stage {
  return {
    push(batch) {
      const kept = readable(batch, reject)
      for (const { meta } of kept) sensors.see(meta)
      for (const view of views) view.touch()
      return kept
    },
  }
}
