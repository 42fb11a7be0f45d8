// The axis across a spectrum: hertz where the packet tells them, otherwise the numbers of the bins.

import type { LevelSpectrum } from '../dsp/level-spectrum.ts'
import type { Spacing } from './columns.ts'

export interface Axis {
  readonly spacing: Spacing
  readonly unit: string
  readonly title: string
}

export function axisOf({ axis, axisUnit }: LevelSpectrum): Axis {
  const isTold = axisUnit === 'Hz'
  return { spacing: axis, unit: isTold ? 'Hz' : '', title: isTold ? 'frequency' : 'bin' }
}
