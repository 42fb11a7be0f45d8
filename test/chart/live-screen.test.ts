// A live screen: what is drawn when, and when it is left.

import t, { type Test } from 'tap'
import { Cells } from '../../src/chart/cells.ts'
import { LiveScreen } from '../../src/chart/live-screen.ts'
import { TestScreen } from '../support/test-screen.ts'

/** Shows a word that the test changes, and whether the data has ended; the key `+` adds to it. */
function openLive(t: Test, screen = new TestScreen()) {
  const stop = new AbortController()
  const shown = { word: 'one' }
  const live = new LiveScreen({
    open: screen.open,
    rate: 100,
    stop,
    paint({ columns, rows, hasEnded }) {
      const cells = new Cells(columns, rows)
      cells.write(0, 0, `${shown.word}${hasEnded ? ' END' : ''}`, [255, 255, 255])
      return cells
    },
    onKey: key => {
      shown.word += key
    },
  })
  t.teardown(() => live.close())
  return { screen, stop, shown, live }
}

t.test('it is drawn at first, when it is touched, and at once for a key', async t => {
  const { screen, shown, live } = openLive(t)
  t.match(screen.text, /^one\n/)
  shown.word = 'two'
  live.touch()
  await screen.shows(/^two\n/)
  screen.press('+')
  t.match(screen.text, /^two\+\n/)
  screen.empty()
  t.match(screen.text, /^two\+\n/)
})

t.test('while the last frame is on its way there is none; then comes what is new', async t => {
  const { screen, shown } = openLive(t)
  screen.isBusy = true
  const { frames } = screen
  shown.word = 'two'
  screen.press('+')
  screen.empty()
  t.equal(screen.frames, frames)
  screen.isBusy = false
  await screen.shows(/^two\+\n/)
})

t.test('when the data has ended it stays until q is pressed', async t => {
  const { screen, stop, live } = openLive(t)
  let hasLeft = false
  const left = live.stay().then(() => {
    hasLeft = true
  })
  await screen.shows('one END')
  t.notOk(hasLeft)
  screen.press('q')
  await left
  t.ok(stop.signal.aborted)
  t.match(screen.text, /^one END\n/, 'the key is no other one')
  await live.close()
  t.equal(screen.state, 'closed')
})

t.test('it does not stay where nobody can press a key, nor after the end was asked for', async t => {
  const screen = new TestScreen()
  screen.hasKeys = false
  const { live } = openLive(t, screen)
  await live.stay()
  t.match(screen.text, /^one END\n/, 'the end is drawn')
  const asked = openLive(t)
  asked.screen.press('ctrl-d')
  await asked.live.stay()
})
