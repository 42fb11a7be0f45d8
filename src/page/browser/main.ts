// The page: joins the socket, the panels and the controls.

import 'uplot/dist/uPlot.min.css'
import './page.css'
import type { Range } from '../../chart/ticks.ts'
import { Board } from './board.ts'
import { Connection, type Standing } from './connection.ts'
import { byId } from './dom.ts'
import { chooseTheme, chosenTheme, THEMES } from './palette.ts'

const [title, state, rate, empty] = [byId('h1', 'title'), byId('p', 'state'), byId('p', 'rate'), byId('p', 'empty')]
const [pause, hold, clear] = [byId('button', 'pause'), byId('button', 'hold'), byId('button', 'clear')]
const [auto, theme, top, range] = [
  byId('button', 'auto'),
  byId('button', 'theme'),
  byId('input', 'top'),
  byId('input', 'range'),
]

chooseTheme(chosenTheme())
/** The levels that the command asks for give way to those that were chosen on the page. */
let isFirst = true

const board = new Board({
  into: byId('main', 'panels'),
  onDrawn: () => connection.drawn(),
  onRange: showRange,
  onRate: (spectra, pictures) => {
    rate.textContent = `${rateText(spectra)} spectra/s · ${rateText(pictures)} pictures/s`
  },
})
const connection = new Connection({
  standing,
  run(name, view, isNew) {
    title.textContent = name
    document.title = name
    if (isNew) board.forget()
    board.begin(view)
    if (view.levels && isFirst) {
      showRange(view.levels)
      chooseRange()
    }
    isFirst = false
    if (board.size === 0) empty.hidden = false
  },
  frames(frames) {
    empty.hidden = true
    board.take(frames)
  },
})

let stands: Standing = { state: 'connecting' }

function standing(now: Standing): void {
  stands = now
  const words = {
    connecting: 'connecting',
    live: isPressed(pause) ? 'paused' : 'live',
    lost: 'connection lost, trying again',
    ended: 'ended',
  }
  state.dataset['state'] = now.state
  state.textContent =
    now.state === 'ended' ? `ended at ${new Date(now.at).toLocaleTimeString()}: ${now.reason}` : words[now.state]
  if (now.state !== 'live') rate.textContent = ''
}

function rateText(value: number): string {
  return value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString('en')
}

function isPressed(button: HTMLButtonElement): boolean {
  return button.getAttribute('aria-pressed') === 'true'
}

/** Calls with how it is pressed from then on. */
function toggle(button: HTMLButtonElement, act: (pressed: boolean) => void): void {
  button.addEventListener('click', () => {
    const pressed = !isPressed(button)
    button.setAttribute('aria-pressed', String(pressed))
    act(pressed)
  })
}

function showRange({ from, to }: Range): void {
  if (document.activeElement === top || document.activeElement === range) return
  top.value = String(to)
  range.value = String(to - from)
}

function chooseRange(): void {
  const [highest, span] = [top.valueAsNumber, range.valueAsNumber]
  if (!Number.isFinite(highest) || !(span > 0)) return
  auto.setAttribute('aria-pressed', 'false')
  board.choose({ from: highest - span, to: highest })
}

function showTheme(): void {
  theme.textContent = `Theme: ${chosenTheme()}`
}

toggle(pause, pressed => {
  board.pause(pressed)
  standing(stands)
})
toggle(hold, pressed => board.showHeld(pressed))
toggle(auto, pressed => (pressed ? board.choose(undefined) : chooseRange()))
clear.addEventListener('click', () => board.clear())
top.addEventListener('change', chooseRange)
range.addEventListener('change', chooseRange)
theme.addEventListener('click', () => {
  chooseTheme(THEMES[(THEMES.indexOf(chosenTheme()) + 1) % THEMES.length] ?? 'auto')
  showTheme()
  board.recolor()
})
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => board.recolor())
showTheme()

const KEYS: Readonly<Record<string, HTMLButtonElement>> = { p: pause, h: hold, c: clear, a: auto, t: theme }
addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLInputElement) return
  KEYS[event.key]?.click()
})
