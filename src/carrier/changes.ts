// Changes to a name in a folder, or to any.

import { type FSWatcher, watch } from 'node:fs'

/** Some file systems (network, FUSE) do not tell of changes: then this is how long it takes to see one. */
const POLL_MS = 500

/** Told by the system, looked for now and then in any case. */
export class Changes {
  readonly #stop: AbortSignal
  readonly #wake = () => this.#woken()
  #watcher: FSWatcher | undefined
  #changed = false
  #woken = () => {}

  /** Without a name it is any in the folder. */
  constructor({ folder, name }: { readonly folder: string; readonly name?: string }, stop: AbortSignal) {
    this.#stop = stop
    stop.addEventListener('abort', this.#wake)
    try {
      this.#watcher = watch(folder, { persistent: false }, (_event, changed) => {
        if (changed !== null && name !== undefined && changed !== name) return
        this.#changed = true
        this.#woken()
      })
      this.#watcher.on('error', () => this.#watcher?.close())
    } catch {
      // The folder is not there yet, or the system has no watchers left: the clock looks.
    }
  }

  /** Comes back when it is time to look, also where nothing was told. */
  async next(): Promise<void> {
    if (!this.#changed && !this.#stop.aborted) {
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, POLL_MS)
        this.#woken = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    this.#changed = false
    this.#woken = () => {}
  }

  close(): void {
    this.#stop.removeEventListener('abort', this.#wake)
    this.#watcher?.close()
  }
}
