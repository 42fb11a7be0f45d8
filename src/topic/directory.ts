// The instances that are there: names that are taken once, and what each listens on, bound in a router.

import { type Instance, listensOn, nameFault, sharedFault } from './instance.ts'
import type { Router } from './router.ts'

interface Entry<Target> {
  readonly target: Target
  instance: Instance
}

export class Directory<Target> {
  readonly #router: Router<Target>
  readonly #entries = new Map<string, Entry<Target>>()

  constructor(router: Router<Target>) {
    this.#router = router
  }

  get instances(): readonly Instance[] {
    return [...this.#entries.values()].map(({ instance }) => instance)
  }

  targetOf(name: string): Target | undefined {
    return this.#entries.get(name)?.target
  }

  /** Why the instance cannot join; nothing if it did. */
  join(instance: Instance, target: Target): string | undefined {
    const fault = nameFault(instance.name) ?? firstFault(instance.shared)
    if (fault !== undefined) return fault
    if (this.#entries.has(instance.name)) return `the name '${instance.name}' is in use`
    this.#entries.set(instance.name, { instance, target })
    for (const address of listensOn(instance)) this.#router.bind(address, target)
    return undefined
  }

  /** Listens on these shared addresses from now on: what stays is not touched. Why it cannot; nothing if it does. */
  share(name: string, shared: readonly string[]): string | undefined {
    const entry = this.#entries.get(name)
    if (!entry) return `there is no instance '${name}'`
    const fault = firstFault(shared)
    if (fault !== undefined) return fault
    const before = new Set(listensOn(entry.instance))
    entry.instance = { name, shared: [...shared] }
    const after = new Set(listensOn(entry.instance))
    for (const address of after) if (!before.has(address)) this.#router.bind(address, entry.target)
    for (const address of before) if (!after.has(address)) this.#router.unbind(address, entry.target)
    return undefined
  }

  /** Whether there was such an instance. Its subscriptions are not of this directory, and stay. */
  leave(name: string): boolean {
    const entry = this.#entries.get(name)
    if (!entry) return false
    this.#entries.delete(name)
    for (const address of listensOn(entry.instance)) this.#router.unbind(address, entry.target)
    return true
  }
}

function firstFault(shared: readonly string[]): string | undefined {
  return shared.map(sharedFault).find(fault => fault !== undefined)
}
