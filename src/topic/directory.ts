// The instances that are there: names that are taken once, and what each listens on, bound in a router.

import { type Instance, listensOn, nameFault, sharedFault } from './instance.ts'
import type { Router } from './router.ts'

interface Entry<Target> {
  readonly target: Target
  readonly instance: Instance
}

export class Directory<Target> {
  readonly #router: Router<Target>
  readonly #entries = new Map<string, Entry<Target>>()

  constructor(router: Router<Target>) {
    this.#router = router
  }

  /** Why the instance cannot join; nothing if it did. */
  join(instance: Instance, target: Target): string | undefined {
    const fault = nameFault(instance.name) ?? instance.shared.map(sharedFault).find(reason => reason !== undefined)
    if (fault !== undefined) return fault
    if (this.#entries.has(instance.name)) return `the name '${instance.name}' is in use`
    this.#entries.set(instance.name, { instance, target })
    for (const address of listensOn(instance)) this.#router.bind(address, target)
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
