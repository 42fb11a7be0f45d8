// The display of spectra, on a screen of the test's own.

import t, { type Test } from 'tap'
import { Display } from '../../../src/commands/spectrum/display.ts'
import { type Packet, packet } from '../../../src/packet.ts'
import { TestScreen } from '../../support/test-screen.ts'

const BINS = 64

/** A line on a flat floor. */
function spectrum(bin: number, level: number): Packet {
  const levels = new Float32Array(BINS).fill(-90)
  levels[bin] = level
  const fields = { dtype: 'float32', scale: 'db', unit: 'dBm', fft_size: BINS, frequency_start: 0, frequency_step: 1 }
  return packet({ name: 'rx', ...fields }, new Uint8Array(levels.buffer))
}

function openDisplay(t: Test, curves: readonly ('last' | 'max' | 'min' | 'mean')[]) {
  const screen = new TestScreen()
  const display = new Display({
    open: screen.open,
    rate: 100,
    stop: new AbortController(),
    state: {
      curves,
      span: undefined,
      levels: { from: -100, to: 0 },
      peaks: 5,
      above: 12,
      stream: 0,
      isPaused: false,
      waterfall: 'hidden',
      marks: 'shown',
      help: 'short',
    },
  })
  t.teardown(() => display.close())
  return { screen, display }
}

t.test('while it is paused the picture stands, and what is held takes every spectrum into account', async t => {
  const { screen, display } = openDisplay(t, ['max'])
  display.see(spectrum(10, -50))
  await screen.shows('50.0 dBm')
  screen.press(' ')
  for (const [bin, level] of [
    [20, -40],
    [30, -30],
    [40, -60],
  ] as const)
    display.see(spectrum(bin, level))
  screen.press('p')
  screen.press('p')
  t.match(screen.text, /PAUSED/)
  t.match(screen.text, '50.0 dBm')
  t.notMatch(screen.text, '40.0 dBm')
  screen.press(' ')
  for (const level of ['50.0', '40.0', '30.0', '60.0']) t.match(screen.text, `${level} dBm`)
})

t.test('without holds the last spectrum of a pause is shown after it', async t => {
  const { screen, display } = openDisplay(t, ['last'])
  display.see(spectrum(10, -50))
  await screen.shows('50.0 dBm')
  screen.press(' ')
  for (const level of [-20, -35]) display.see(spectrum(20, level))
  screen.press('h')
  t.match(screen.text, '50.0 dBm')
  screen.press(' ')
  t.match(screen.text, '35.0 dBm')
  t.notMatch(screen.text, '50.0 dBm')
})

t.test('a hold that begins or begins anew in a pause begins with what is shown', async t => {
  const { screen, display } = openDisplay(t, ['last'])
  display.see(spectrum(10, -50))
  await screen.shows('50.0 dBm')
  screen.press(' ')
  screen.press('m')
  t.match(screen.text, '─ max hold')
  for (const level of [-20, -35]) display.see(spectrum(20, level))
  screen.press('c')
  t.match(screen.text, '50.0 dBm')
})
