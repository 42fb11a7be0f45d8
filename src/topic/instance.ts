// What an instance is called, and all the addresses it listens on.

import { addressFault, isPattern, LONGEST_ADDRESS } from './address.ts'

/** The first word of addresses that never leave the broker they are used at. */
export const LOCAL = 'local'

/** Every instance listens on it. */
export const EVERYBODY = 'allservices'

export interface Instance {
  /** Of one instance alone, while it is there. */
  readonly name: string
  /** Addresses and patterns that others may listen on as well. */
  readonly shared: readonly string[]
}

export function localAddress(address: string): string {
  return `${LOCAL}.${address}`
}

export function isLocal(address: string): boolean {
  return address === LOCAL || address.startsWith(`${LOCAL}.`)
}

/** Why no instance can be called so; nothing if one can. */
export function nameFault(name: string): string | undefined {
  if (name === '') return 'a name is missing'
  if (isPattern(name)) return `'${name}' holds a wildcard: a name is the address of one instance`
  if (/[\s\p{Cc}]/u.test(name)) return 'a name with spaces or control characters'
  if (isLocal(name) || name === EVERYBODY)
    return `'${name}' is an address of every instance: expected a name of its own`
  return sharedFault(name)
}

/** Why it can be no shared address; nothing if it can. */
export function sharedFault(address: string): string | undefined {
  if (addressFault(localAddress(address)) === undefined) return undefined
  return `an address of ${Buffer.byteLength(address)} bytes: expected at most ${LONGEST_ADDRESS - LOCAL.length - 1}`
}

/** Its name, its shared addresses, everybody's address, and each of them behind `local.`: none twice. */
export function listensOn({ name, shared }: Instance): readonly string[] {
  const addresses = [name, ...shared, EVERYBODY]
  return [...new Set([...addresses, ...addresses.map(localAddress)])]
}
