// The colours of a picture, on light and on dark ground.

import { hex, type Rgb } from './color-map.ts'

export const THEMES = ['light', 'dark'] as const
export type ThemeName = (typeof THEMES)[number]

export interface Theme {
  readonly ground: string
  /** Behind the curves. */
  readonly plot: string
  readonly text: string
  readonly faint: string
  readonly grid: string
  /** Of the curves, one after the other: told apart by those who do not see all colours, too. */
  readonly series: readonly string[]
  readonly marker: string
}

/** Okabe and Ito's colours, brighter on dark ground. */
export const SERIES_ON_DARK: readonly Rgb[] = [
  [86, 180, 233],
  [240, 228, 66],
  [0, 200, 150],
  [240, 130, 60],
  [220, 140, 190],
  [170, 190, 255],
  [255, 180, 80],
  [160, 160, 160],
]

const SERIES_ON_LIGHT: readonly Rgb[] = [
  [0, 96, 160],
  [200, 80, 0],
  [0, 130, 95],
  [170, 70, 130],
  [190, 140, 0],
  [60, 120, 200],
  [120, 60, 20],
  [90, 90, 90],
]

export const THEME: Readonly<Record<ThemeName, Theme>> = {
  light: {
    ground: '#ffffff',
    plot: '#fbfbfd',
    text: '#1c2430',
    faint: '#5b6675',
    grid: '#dfe3ea',
    series: SERIES_ON_LIGHT.map(hex),
    marker: '#c00030',
  },
  dark: {
    ground: '#11151c',
    plot: '#0b0e13',
    text: '#e8ecf2',
    faint: '#97a3b4',
    grid: '#27303d',
    series: SERIES_ON_DARK.map(hex),
    marker: '#ff6b81',
  },
}

export function seriesColor({ series }: Theme, index: number): string {
  return series[index % series.length] ?? '#888888'
}
