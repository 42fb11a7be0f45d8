// What spectrum shows on a live page, as options and as a stage.

import { basename } from 'node:path'
import type { Context, Topic } from '../../cli/command.ts'
import type { Option, Values } from '../../cli/option.ts'
import { placeOf } from '../../codec/place.ts'
import { readMeta } from '../../codec/unreadable.ts'
import { isSpectrum } from '../../dsp/spectrum-meta.ts'
import { UsageError } from '../../errors.ts'
import { type Batch, gapOf, type Packet } from '../../packet.ts'
import type { Page } from '../../page/page.ts'
import type { Stage } from '../../stream/step.ts'
import { parseEndpoint } from '../../url.ts'
import { type PictureValues, panelOptions } from './pictures.ts'

export const SERVE = [
  {
    name: 'serve',
    kind: 'text',
    argument: 'HOST:PORT',
    summary: 'show the spectra on a live page: 127.0.0.1:8080; with port 0 the system chooses one',
    detail: 'See LIVE PAGE. The address is told on stderr; *--title* stands above the page, too.',
  },
  { name: 'stay', kind: 'flag', summary: 'with --serve: keep the page after the input has ended, until a signal' },
] as const satisfies readonly Option[]

export const LIVE_PAGE = {
  title: 'Live page',
  text: [
    'With --serve a browser shows each name, each channel and each input in a panel of its own, side by side where there is room: the ' +
      'spectrum, the greatest levels so far, a waterfall and the peaks, on the frequencies and in the unit that the packets tell. ' +
      'Panels of one unit have the same levels, so that they can be compared.',
    'Each page is sent what it can draw, at the rate of its screen, whatever that of the data: the last spectrum, and for the ' +
      'waterfall and what is held the greatest of each bin since the picture before, so that no peak is missed. A page that is ' +
      'slow, hidden or paused neither slows the data nor other pages. Of more than 16384 bins each pixel shows the greatest of ' +
      'several, and the peaks are those of joined bins.',
    'The page keeps what it shows when the input ends or the connection is lost, says so, and joins again by itself when ' +
      'the command is started anew at the same address. Everything comes from the command itself; nothing is loaded from elsewhere.',
    'Packets pass on to stdout or --out, unless stdout is a terminal or /dev/null. At the end of the input the command ends, ' +
      'with --stay after a signal. Then, and without other outputs, inputs with on-demand are connected only while a page is open.',
    'Anybody who can reach the address can look: it is to be a loopback address, or one of http://HOST:PORT?insecure, ' +
      'https://HOST:PORT?cert=FILE&key=FILE&client-ca=FILE. Other names than localhost and addresses are refused, unless ?host=NAME,… ' +
      'allows them.',
  ],
  terms: [
    ['p', 'hold the picture, and go on with the greatest of what came meanwhile'],
    ['h', 'show the greatest levels so far, or not'],
    ['c', 'forget what was held, and the waterfall'],
    ['a', 'choose the levels by the signal, or keep those that are entered'],
    ['t', 'light, dark, or as the system has it'],
    ['drag', 'show only these frequencies; twice a click, or Home, shows all of them'],
    ['arrows', 'move the cursor by a bin, with Shift by a hundredth of the bins, once the chart has the focus'],
  ],
} as const satisfies Topic

type Surroundings = Pick<Context<Values<typeof SERVE> & PictureValues>, 'values' | 'carrier' | 'warn'>

/** Its viewers are part of what the inputs are asked for by. */
export async function openPage(
  { values, carrier, warn }: Surroundings,
  inputs: readonly string[],
): Promise<Page | undefined> {
  if (values.serve === undefined) {
    if (values.stay) throw new UsageError('--stay: of which page? expected --serve, too')
    return undefined
  }
  const { Page } = await import('../../page/page.ts')
  const { span, levels, peaks, above } = panelOptions(values, ['last'])
  const page = await Page.open(values.serve, {
    title: values.title ?? 'spectrum',
    view: { peaks, above, ...(span && { span }), ...(levels && { levels }) },
    inputs: inputs.map(inputTitle),
    warn,
  })
  carrier.demand?.add(page.demand)
  return page
}

/** Until a signal, where the page is to stay. */
export async function endPage(page: Page, { values, carrier }: Surroundings): Promise<void> {
  page.end('the input has ended')
  const { stop } = carrier
  if (values.stay && !stop.aborted) await new Promise(resolve => stop.addEventListener('abort', resolve))
}

/** Which input a packet came from, where there are several. */
export class Origins {
  readonly #origins = new WeakMap<Packet, string>()

  readonly note = (batch: Batch, input: string): void => {
    for (const packet of batch) this.#origins.set(packet, input)
  }

  of(packet: Packet): string {
    return this.#origins.get(packet) ?? ''
  }
}

/** Passes everything on; what is no spectrum is rejected, but for gap records. */
export function showStage(page: Page, origins: Origins, reject: Context['reject']): Stage {
  function show(packet: Packet): boolean {
    const meta = readMeta(packet, reject)
    if (!meta) return false
    if (gapOf(meta) || page.show(origins.of(packet), packet)) return true
    const reason = isSpectrum(meta) ? 'no whole spectrum' : 'no spectrum'
    reject({ place: placeOf(packet), reason, detail: 'expected one as fft makes them', bytes: packet.data })
    return false
  }
  return {
    push(batch) {
      const shown = batch.filter(show)
      page.offer()
      return shown.length === batch.length ? batch : shown
    },
  }
}

/** As short as it can be told apart: a file's name, an address without its parameters. */
export function inputTitle(text: string): string {
  const { scheme, rest } = parseEndpoint(text)
  if (scheme === '-') return 'stdin'
  return scheme === 'file' ? basename(rest) : `${scheme}:${rest}`
}
