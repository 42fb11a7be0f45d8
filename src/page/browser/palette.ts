// The colours of the page as its style sheet has them now, for what is drawn on canvases.

export interface Palette {
  readonly text: string
  readonly faint: string
  readonly grid: string
  readonly live: string
  readonly fill: string
  readonly held: string
  readonly mark: string
  readonly font: string
}

export const THEMES = ['auto', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const KEY = 'spectrum theme'

export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement)
  const color = (name: string) => style.getPropertyValue(`--${name}`).trim()
  return {
    text: color('text'),
    faint: color('faint'),
    grid: color('grid'),
    live: color('live'),
    fill: color('fill'),
    held: color('held'),
    mark: color('mark'),
    font: `11px ${style.getPropertyValue('--sans').trim()}`,
  }
}

export function chosenTheme(): Theme {
  const stored = localStorage.getItem(KEY)
  return THEMES.find(theme => theme === stored) ?? 'auto'
}

export function chooseTheme(theme: Theme): void {
  localStorage.setItem(KEY, theme)
  if (theme === 'auto') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
}
