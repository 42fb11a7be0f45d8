// The pictures of a run as files: drawn at its end, and on the way where there is something new.

import { accessSync, constants, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { CarrierError, systemReason, UsageError } from '../errors.ts'
import { Timer } from '../timer.ts'
import { type PictureKind, writePicture } from './picture.ts'

export interface PictureFile {
  readonly kind: PictureKind
  readonly path: string
}

/** Pictures that are drawn more often than this would leave time for nothing else. */
const LEAST_MS = 100

export class PictureFiles {
  readonly #files: readonly PictureFile[]
  readonly #svg: () => string
  readonly #warn: (message: string) => void
  readonly #timer: Timer | undefined
  #drawing: Promise<void> = Promise.resolve()
  #isStale = false
  #hasEnded = false

  /**
   * `every` is in milliseconds; without it they are drawn at the end alone. Throws a CarrierError where one cannot be
   * written, a UsageError for `-`: a long run must not end without its picture for a mistyped path.
   */
  constructor(
    files: readonly PictureFile[],
    svg: () => string,
    { every, warn }: { readonly every: number | undefined; readonly warn: (message: string) => void },
  ) {
    for (const { path } of files) checkPlace(path)
    this.#files = files
    this.#svg = svg
    this.#warn = warn
    this.#timer = every === undefined ? undefined : new Timer(Math.max(LEAST_MS, every), () => this.#again())
  }

  /** There is something new to draw. */
  touch(): void {
    this.#isStale = true
  }

  /** Draws the last ones; resolves when they are there. */
  async close(): Promise<void> {
    this.abort()
    await this.#drawing
    await this.#draw()
  }

  abort(): void {
    this.#hasEnded = true
    this.#timer?.stop()
  }

  /** Only where there is something new, and one at a time; what fails on the way may work at the end. */
  #again(): void {
    this.#drawing = (this.#isStale ? this.#draw() : Promise.resolve())
      .catch(error => this.#warn(`${error instanceof Error ? error.message : error}`))
      .finally(() => {
        if (!this.#hasEnded) this.#timer?.restart()
      })
  }

  async #draw(): Promise<void> {
    this.#isStale = false
    const svg = this.#svg()
    for (const { kind, path } of this.#files) await writePicture(path, kind, svg, { warn: this.#warn })
  }
}

function checkPlace(path: string): void {
  if (path === '-')
    throw new UsageError("a picture goes into a file, not to '-': expected a path, for stdout /dev/stdout")
  const kind = statSync(path, { throwIfNoEntry: false })
  if (kind?.isDirectory()) throw new CarrierError(path, 'is a directory')
  // A device is written to as it is; a file is made beside the old one.
  if (kind && !kind.isFile()) return
  try {
    accessSync(dirname(path), constants.W_OK)
  } catch (error) {
    throw new CarrierError(path, systemReason(error), { cause: error })
  }
}
