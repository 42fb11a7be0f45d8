// For tests of the live page: spectra whose lines are known, a page that shows them, and what can be read off it.

import type { Page as BrowserPage } from 'playwright-core'
import type { Test } from 'tap'
import { type JsonObject, type Packet, packet } from '../../src/packet.ts'
import { Page, type PageOptions } from '../../src/page/page.ts'

export interface Line {
  readonly bin: number
  readonly level: number
}

export const BINS = 512
/** Hz. */
export const START = 97_500_000
export const STEP = 2_000
export const FLOOR = -90

/** A flat floor with lines of one bin. */
export function spectrumPacket(lines: readonly Line[], fields: JsonObject = {}): Packet {
  const levels = new Float32Array(BINS).fill(FLOOR)
  for (const { bin, level } of lines) levels[bin] = level
  const meta = {
    dtype: 'float32',
    shape: [BINS],
    frequency_start: START,
    frequency_step: STEP,
    scale: 'db',
    unit: 'dBm',
    fft_size: BINS,
    ...fields,
  }
  return packet(meta, new Uint8Array(levels.buffer))
}

export interface ServedPage {
  readonly page: Page
  readonly warnings: string[]
}

export async function servePage(
  t: Test,
  address = '127.0.0.1:0',
  options: Partial<PageOptions> = {},
): Promise<ServedPage> {
  const warnings: string[] = []
  const page = await Page.open(address, {
    title: 'spectrum',
    view: { peaks: 8, above: 10 },
    warn: message => warnings.push(message),
    ...options,
  })
  t.teardown(() => page.close())
  return { page, warnings }
}

/** Shows packets of an input at once. */
export function show(page: Page, packets: readonly Packet[], input = ''): void {
  for (const one of packets) page.show(input, one)
  page.offer()
}

export interface ReadPeak {
  readonly frequency: number
  readonly level: number
  readonly held: number
}

/** The peak list of the panel with this name, once it is as long as this. */
export async function readPeaks(page: BrowserPage, name: string, count: number): Promise<readonly ReadPeak[]> {
  const table = page.getByRole('region', { name, exact: true }).getByRole('table')
  await table
    .locator('[data-frequency]')
    .nth(count - 1)
    .waitFor()
  // What is evaluated in the browser must not name a function: the test's loader would want a helper of its own there.
  const rows = await table
    .locator('tr:has([data-frequency])')
    .evaluateAll(rows => rows.map(row => [...row.querySelectorAll('td')].map(cell => ({ ...cell.dataset }))))
  return rows.map(cells => {
    const fields = Object.assign({}, ...cells)
    return { frequency: Number(fields.frequency), level: Number(fields.level), held: Number(fields.held) }
  })
}

/** The colours of a row of the waterfall, 0 the newest, from the left to the right, as `#rrggbb`. */
export async function readWaterfall(page: BrowserPage, name: string, row = 0): Promise<readonly string[]> {
  const canvas = page.getByRole('img', { name: `Waterfall of ${name}` })
  const data: number[] = await canvas.evaluate(
    (element, row) => Array.from(element.getContext('2d').getImageData(0, row, element.width, 1).data),
    row,
  )
  const hex = (at: number) => (data[at] ?? 0).toString(16).padStart(2, '0')
  return Array.from({ length: data.length / 4 }, (_, x) => `#${[0, 1, 2].map(part => hex(4 * x + part)).join('')}`)
}

/** Reads until it is so; the test's own time ends what never is. */
export async function eventually<T>(read: () => Promise<T>, isSo: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await read()
    if (isSo(value)) return value
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}
