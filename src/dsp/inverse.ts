// Spectra back to samples: the inverse transform of complex bins, with what was done to their amplitudes undone.

import { dtypeNamed } from '../codec/dtype.ts'
import { placeOf } from '../codec/place.ts'
import { readMeta } from '../codec/unreadable.ts'
import { LruMap } from '../lru-map.ts'
import { type Meta, type Packet, packet } from '../packet.ts'
import type { Reject, Rejecter } from '../stream/reject.ts'
import type { Stage } from '../stream/step.ts'
import { type Fft, fft, type RealFft, realFft } from './fft.ts'
import { numberIn } from './frequency-axis.ts'
import { mirrorFactor } from './plain-transform.ts'
import { complex } from './roots.ts'
import { timeFieldsAfter } from './sample-time.ts'
import { type Numbers, sampleFormat } from './samples.ts'

/** Fields that are of the spectrum alone. */
const OF_SPECTRA = [
  ...['frequency_start', 'frequency_step', 'order', 'scale', 'fft_size', 'one_sided'],
  ...['normalization', 'coherent_gain', 'enbw', 'averages', 'padded', 'row_interval', 'seq'],
]

/** Points of all transforms whose tables are kept: packets may have every size in turn. */
const MOST_POINTS = 2 ** 20

type Fault = Pick<Reject, 'reason' | 'detail'>

/**
 * Packets of complex bins become packets of samples: those that `fft --scale complex` made, by what their meta says, and any
 * other as the transform has them, from 0 up, divided by the size. The window stays in the samples. All else is passed on.
 */
export function inverseStage(reject: Rejecter): Stage {
  const plans = plansOf(fft)
  const realPlans = plansOf(realFft)
  return {
    push(batch) {
      const out: Packet[] = []
      for (const one of batch) {
        const meta = readMeta(one, reject)
        if (!meta) continue
        if (one.data.length === 0) {
          out.push(one)
          continue
        }
        for (const [row, data] of rowsOf(one.data, meta).entries()) {
          const bins = binsOf(data, meta)
          if ('reason' in bins) {
            reject({ place: placeOf(one), ...bins, bytes: one.data })
            break
          }
          const samples = bins.oneSided
            ? realSamples(bins, realPlans(bins.size))
            : complexSamples(bins, plans(bins.size))
          out.push(samplesPacket(samples, bins, { ...meta, ...timeOfRow(meta, row) }))
        }
      }
      return out
    },
  }
}

/** The plan of each size, made again where too many others came in between. */
function plansOf<Plan extends { readonly size: number }>(make: (size: number) => Plan): (size: number) => Plan {
  const plans = new LruMap<number, Plan>(MOST_POINTS, ({ size }) => size)
  return size => plans.getOrMake(size, () => make(size))
}

interface Bins {
  /** Real and imaginary parts in turn. */
  readonly numbers: Float64Array
  /** Of the transform. */
  readonly size: number
  readonly double: boolean
  readonly oneSided: boolean
  /** The lowest frequency comes first. */
  readonly byFrequency: boolean
  /** What the amplitudes were divided by. */
  readonly divisor: number
  /** The power of mirrored bins was added. */
  readonly mirrored: boolean
}

/** The spectra of a packet, which its shape tells apart. */
function rowsOf(data: Uint8Array, { shape }: Meta): readonly Uint8Array[] {
  const rows = Array.isArray(shape) && shape.length === 2 ? numberIn(shape[0]) : 1
  if (rows === undefined || rows < 1 || data.length % rows !== 0) return [data]
  const length = data.length / rows
  return Array.from({ length: rows }, (_, row) => data.subarray(row * length, (row + 1) * length))
}

function timeOfRow(meta: Meta, row: number): Meta {
  return row === 0 ? {} : timeFieldsAfter(meta, row * (numberIn(meta['row_interval']) ?? 0))
}

function binsOf(data: Uint8Array, meta: Meta): Bins | Fault {
  const { dtype, scale, normalization = 'window' } = meta
  const format = typeof dtype === 'string' ? sampleFormat(dtype) : undefined
  const kind = typeof dtype === 'string' ? dtypeNamed(dtype)?.kind : undefined
  if (!format?.complex || kind !== 'float')
    return { reason: 'no complex bins', detail: `of dtype ${JSON.stringify(dtype)}, expected complex64 or complex128` }
  if (scale !== undefined && scale !== 'complex')
    return {
      reason: 'no complex bins',
      detail: `of scale ${JSON.stringify(scale)}: only fft --scale complex keeps phases`,
    }
  const count = data.length / format.bytes
  const oneSided = meta['one_sided'] === true
  const size = oneSided ? (numberIn(meta['fft_size']) ?? (count - 1) * 2) : count
  if (!Number.isInteger(count) || (oneSided && Math.floor(size / 2) + 1 !== count))
    return { reason: 'no whole spectrum', detail: `${data.length} bytes of ${dtype}` }
  const numbers = new Float64Array(2 * count)
  format.read(data, numbers)
  const isOurs = scale === 'complex'
  const gain = normalization === 'window' ? (numberIn(meta['coherent_gain']) ?? 1) : 1
  return {
    numbers,
    size,
    oneSided,
    double: format.double,
    byFrequency: isOurs && meta['order'] !== 'transform',
    divisor: isOurs && normalization !== 'none' ? size * gain : 1,
    mirrored: isOurs && normalization === 'window',
  }
}

function complexSamples({ numbers, size, byFrequency, divisor }: Bins, plan: Fft): Float64Array {
  const z = complex(size)
  const half = Math.floor(size / 2)
  for (let k = 0; k < size; k++) {
    const place = 2 * (byFrequency ? (k + half) % size : k)
    z.re[k] = (numbers[place] ?? 0) * divisor
    z.im[k] = (numbers[place + 1] ?? 0) * divisor
  }
  plan.inverse(z)
  return new Float64Array(2 * size).map((_, at) => (at % 2 === 0 ? z.re : z.im)[at >> 1] ?? 0)
}

function realSamples({ numbers, size, divisor, mirrored }: Bins, plan: RealFft): Float64Array {
  const z = complex(plan.bins)
  for (let k = 0; k < plan.bins; k++) {
    const factor = divisor / (mirrored ? mirrorFactor(k, size) : 1)
    z.re[k] = (numbers[2 * k] ?? 0) * factor
    z.im[k] = (numbers[2 * k + 1] ?? 0) * factor
  }
  return plan.inverse(z)
}

function samplesPacket(samples: Float64Array, { size, double, oneSided }: Bins, meta: Meta): Packet {
  const kept = Object.fromEntries(Object.entries(meta).filter(([key]) => !OF_SPECTRA.includes(key)))
  const numbers: Numbers = double ? samples : Float32Array.from(samples)
  const [single, both] = oneSided ? ['float32', 'float64'] : ['complex64', 'complex128']
  const fields = { ...kept, dtype: double ? both : single, shape: [size] }
  return packet(fields, new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength))
}
