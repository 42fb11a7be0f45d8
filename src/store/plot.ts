// plot: the values of sensors over time, as a picture or on the terminal.

import { extname } from 'node:path'
import { leftText } from '../chart/named.ts'
import { Sensors } from '../chart/sensors.ts'
import { THEMES, type ThemeName } from '../chart/theme.ts'
import { timeView } from '../chart/time-panels.ts'
import { timePicture } from '../chart/time-picture.ts'
import { ZONES, type Zone } from '../chart/time-ticks.ts'
import { UsageError } from '../errors.ts'
import { parseDuration, parseShape } from '../units.ts'
import { checkParams, type Endpoint, param } from '../url.ts'
import { PICTURES } from './picture.ts'
import { PictureFiles } from './picture-files.ts'
import { PlotScreen } from './plot-screen.ts'
import { readable } from './readable.ts'
import type { Store, StoreContext, StoreKind } from './store.ts'

const PARAMS = [
  { name: 'field', argument: 'KEY', summary: 'plot this key of the packets (default value)' },
  { name: 'latest', argument: 'TIME', summary: 'plot only the latest values, of this time' },
  { name: 'every', argument: 'TIME', summary: 'draw the picture again at this interval (default 10s)' },
  { name: 'pixels', argument: 'WIDTHxHEIGHT', summary: 'the size of the picture (default 1200x600)' },
  { name: 'theme', argument: 'THEME', summary: 'light or dark (default light)' },
  { name: 'title', argument: 'TEXT', summary: 'stands above the picture' },
  { name: 'zone', argument: 'ZONE', summary: 'utc or local time (default utc)' },
] as const

const EVERY_MS = 10_000
/** Frames a second. */
export const PLOT_RATE = 10

export const plot: StoreKind = {
  scheme: 'plot',
  summary: 'a picture of values over time; FILE.svg, FILE.png, or - for the terminal',
  example: 'plot:report.svg?latest=1d&title=Cellar',
  params: PARAMS,
  async open(endpoint, context) {
    checkParams(
      endpoint,
      PARAMS.map(({ name }) => name),
    )
    const zone = param(endpoint, 'zone', zoneNamed) ?? 'utc'
    const field = endpoint.params.get('field') ?? 'value'
    const sensors = new Sensors({
      field,
      window: param(endpoint, 'latest', parseDuration),
      now: context.now ?? Date.now,
    })
    const view =
      endpoint.rest === '-' ? screenOf(endpoint, sensors, zone, context) : fileOf(endpoint, sensors, zone, context)
    return plotStore(endpoint.text, sensors, view, context)
  },
}

interface PlotView {
  touch(): void
  close(): Promise<void>
}

function plotStore(name: string, sensors: Sensors, view: PlotView, { ledger, reject, warn }: StoreContext): Store {
  const count = ledger.stage(name)
  return {
    name,
    write(given) {
      const batch = readable(given, reject)
      count.in += batch.length
      for (const { meta } of batch) if (sensors.see(meta)) count.out++
      view.touch()
    },
    async close() {
      await view.close()
      const left = leftText(sensors.left, 'sensor')
      if (left !== undefined) warn(`${name}: ${left}`)
    },
  }
}

function screenOf(endpoint: Endpoint, sensors: Sensors, zone: Zone, { openScreen, stopping }: StoreContext): PlotView {
  if (!openScreen || !stopping) throw new UsageError(`${endpoint.text}: there is no terminal to draw on`)
  const screen = new PlotScreen(sensors, { open: openScreen, zone, rate: PLOT_RATE, stop: stopping })
  return {
    touch: () => screen.touch(),
    async close() {
      await screen.stay()
      await screen.close()
    },
  }
}

function fileOf(endpoint: Endpoint, sensors: Sensors, zone: Zone, { warn }: StoreContext): PlotView {
  const path = endpoint.rest
  const kind = PICTURES.find(name => extname(path).toLowerCase() === `.${name}`)
  if (!kind) throw new UsageError(`${endpoint.text}: expected a path that ends in .svg or .png, or - for the terminal`)
  const size = param(endpoint, 'pixels', plotSize) ?? plotSize('1200x600')
  const picture = {
    ...size,
    theme: param(endpoint, 'theme', themeNamed) ?? 'light',
    title: endpoint.params.get('title'),
  }
  const every = param(endpoint, 'every', parseDuration) ?? EVERY_MS
  return new PictureFiles([{ kind, path }], () => timePicture(timeView(sensors.all, zone), picture), { every, warn })
}

const LEAST = 160
const MOST = 8192

/** `1200x800`. */
export function plotSize(text: string): { readonly width: number; readonly height: number } {
  const [width = 0, height = 0, more] = parseShape(text)
  if ([width, height].every(side => side >= LEAST && side <= MOST) && more === undefined) return { width, height }
  throw new UsageError(`'${text}': expected two sides of ${LEAST} … ${MOST} pixels, for example 1200x800`)
}

function zoneNamed(text: string): Zone {
  const zone = ZONES.find(name => name === text)
  if (zone) return zone
  throw new UsageError(`'${text}': expected ${ZONES.join(' or ')}`)
}

function themeNamed(text: string): ThemeName {
  const theme = THEMES.find(name => name === text)
  if (theme) return theme
  throw new UsageError(`'${text}': expected ${THEMES.join(' or ')}`)
}
