// The targets that are bound by one pattern, in the order in which they were.

export interface Binding<Target> {
  readonly target: Target
  /** Rises from binding to binding over all patterns. */
  readonly order: number
  /** How often it was made. */
  count: number
}

/** Most patterns have one target: a table is made for the second. */
export class Bound<Target> {
  static #states = 0
  #state: number | undefined
  #only: Binding<Target> | undefined
  #many: Map<Target, Binding<Target>> | undefined
  #targets: readonly Target[] | undefined

  get isEmpty(): boolean {
    return this.#only === undefined && this.#many === undefined
  }

  /** Whether the target is new here. */
  add(target: Target, order: number): boolean {
    const known = this.#find(target)
    if (known) {
      known.count++
      return false
    }
    const binding = { target, order, count: 1 }
    this.#change()
    if (this.#many) this.#many.set(target, binding)
    else if (this.#only) {
      this.#many = new Map([
        [this.#only.target, this.#only],
        [target, binding],
      ])
      this.#only = undefined
    } else this.#only = binding
    return true
  }

  /** What is left of how often it was bound; nothing if it was not. */
  remove(target: Target): number | undefined {
    const known = this.#find(target)
    if (!known) return undefined
    if (--known.count === 0) this.#forget(target)
    return known.count
  }

  /** How often it was bound. */
  removeAll(target: Target): number {
    const known = this.#find(target)
    if (!known) return 0
    this.#forget(target)
    return known.count
  }

  /** A number for these targets: no other pattern has it, nor has this one when a target has come or gone. */
  get state(): number {
    this.#state ??= Bound.#states++
    return this.#state
  }

  /** The same array until a target comes or goes. */
  get targets(): readonly Target[] {
    this.#targets ??= this.#many ? [...this.#many.keys()] : this.#only ? [this.#only.target] : []
    return this.#targets
  }

  collect(into: Binding<Target>[]): void {
    if (this.#only) into.push(this.#only)
    else if (this.#many) for (const binding of this.#many.values()) into.push(binding)
  }

  #change(): void {
    this.#targets = undefined
    this.#state = undefined
  }

  #find(target: Target): Binding<Target> | undefined {
    if (this.#many) return this.#many.get(target)
    return this.#only?.target === target ? this.#only : undefined
  }

  #forget(target: Target): void {
    this.#change()
    this.#only = undefined
    if (!this.#many?.delete(target)) return
    if (this.#many.size > 0) return
    this.#many = undefined
  }
}
