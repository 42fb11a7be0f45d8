// A screen of the test's own: what is drawn on it is read row by row, keys are pressed by a call.

import type { OpenScreen, ScreenHandlers } from '../../src/chart/screen.ts'
import { Screen } from './terminal.ts'

export class TestScreen {
  readonly shown = new Screen(80, 24)
  /** How many times it was drawn. */
  frames = 0
  isBusy = false
  hasKeys = true
  state: 'new' | 'open' | 'closed' = 'new'
  #handlers: ScreenHandlers | undefined

  readonly open: OpenScreen = handlers => {
    this.#handlers = handlers
    this.state = 'open'
    const isBusy = () => this.isBusy
    return {
      colors: 'none',
      size: { columns: 80, rows: 24 },
      hasKeys: this.hasKeys,
      get isBusy() {
        return isBusy()
      },
      draw: text => {
        this.frames++
        this.shown.feed(text)
      },
      quit: stop => stop.abort('quit'),
      close: async () => {
        this.state = 'closed'
      },
    }
  }

  get text(): string {
    return this.shown.text
  }

  press(key: string): void {
    this.#handlers?.onKey(key)
  }

  /** Nothing is on it any more. */
  empty(): void {
    this.#handlers?.onEmpty()
  }

  /** Resolves when this is on it. */
  async shows(what: string | RegExp): Promise<void> {
    const isThere = () => (typeof what === 'string' ? this.text.includes(what) : what.test(this.text))
    while (!isThere()) await new Promise(resolve => setTimeout(resolve, 5))
  }
}
