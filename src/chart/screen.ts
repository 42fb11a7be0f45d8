// What a display needs of a terminal.

import type { Colors } from './cells.ts'

export interface Screen {
  readonly colors: Colors
  readonly size: { readonly columns: number; readonly rows: number }
  /** Somebody can press a key. */
  readonly hasKeys: boolean
  /** What was drawn last is still on its way. */
  readonly isBusy: boolean
  draw(text: string): void
  /** Ends the sources, also a pipe; where an end has been asked for already, it comes now. */
  quit(stop: AbortController): void
  close(): Promise<void>
}

export interface ScreenHandlers {
  readonly onKey: (key: string) => void
  /** The screen is empty, or of another size: what is on it has to be drawn anew. */
  readonly onEmpty: () => void
}

export type OpenScreen = (handlers: ScreenHandlers) => Screen
