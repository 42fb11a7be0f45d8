// What spectrum measures, as options.

import type { Option, Values } from '../../cli/option.ts'
import type { Channel, MeasureOptions } from '../../dsp/measurements.ts'
import { UsageError } from '../../errors.ts'
import { parseNumber } from '../../units.ts'

export const MEASURE = [
  {
    name: 'measure',
    kind: 'flag',
    summary: 'write measurements in place of the spectra: peaks, noise, channels, occupied bandwidth',
  },
  { name: 'peaks', kind: 'count', argument: 'N', default: '5', summary: 'how many peaks, the highest first' },
  {
    name: 'above',
    kind: 'number',
    argument: 'DB',
    default: '12',
    summary: 'how far above the noise floor a peak is at least',
    detail:
      'A peak also stands out by 6 dB (by DB, where that is less): the levels fall by so much on both sides of it before they ' +
      'rise over it. And no bin so near that it lies within the main lobe of the window is greater: of hann within 2 bins, of ' +
      'flattop within 5. So it is on the terminal, in pictures, on the page and with --measure.',
  },
  {
    name: 'channel',
    kind: 'text',
    argument: 'CENTER/WIDTH',
    many: true,
    summary: 'measure the power of a channel: 98.1M/200k; several are measured each',
  },
  {
    name: 'occupied',
    kind: 'fraction',
    argument: 'SHARE',
    default: '99%',
    summary: 'the share of the power that the occupied bandwidth holds',
  },
] as const satisfies readonly Option[]

export function measureOptions({ measure, peaks, above, channel, occupied }: Values<typeof MEASURE>): MeasureOptions {
  if (!measure && channel.length > 0) throw new UsageError('--channel: measured by --measure alone: expected it, too')
  return { peaks, above, occupied, channels: channel.map(channelOf) }
}

function channelOf(text: string): Channel {
  const [center, width, more] = text.split('/')
  try {
    if (center === undefined || width === undefined || more !== undefined) throw new UsageError('expected CENTER/WIDTH')
    const channel = { center: parseNumber(center), width: parseNumber(width) }
    if (channel.width > 0) return channel
    throw new UsageError('expected a width above 0')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UsageError(`--channel ${text}: ${reason}, for example 98.1M/200k`, { cause: error })
  }
}
