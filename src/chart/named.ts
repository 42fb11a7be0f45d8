// What is drawn, by its name: as many as a picture has room for, and how many others there were.

/** Other names beyond these are not counted: names that never repeat would fill the memory. */
const MOST_LEFT = 10_000

export class Named<Thing> {
  readonly #most: number
  readonly #things = new Map<string, Thing>()
  readonly #left = new Set<string>()

  constructor(most: number) {
    this.#most = most
  }

  get all(): readonly Thing[] {
    return [...this.#things.values()]
  }

  /** Names that are not drawn because there are too many, 10000 at most. */
  get left(): number {
    return this.#left.size
  }

  get(name: string): Thing | undefined {
    return this.#things.get(name)
  }

  /** The one of this name, made if there is none; nothing where there are too many. */
  getOrMake(name: string, make: () => Thing): Thing | undefined {
    const known = this.#things.get(name)
    if (known) return known
    if (this.#things.size >= this.#most) {
      if (this.#left.size < MOST_LEFT) this.#left.add(name)
      return undefined
    }
    const thing = make()
    this.#things.set(name, thing)
    return thing
  }
}

/** `2 more sensors are not in the picture`; nothing where none is left. */
export function leftText(left: number, kind: string): string | undefined {
  if (left === 0) return undefined
  const count = left < MOST_LEFT ? `${left}` : `at least ${left}`
  return `${count} more ${left === 1 ? `${kind} is` : `${kind}s are`} not in the picture`
}
