// What peers tell about themselves: named properties in READY and INITIATE commands (RFC 37, "Connection Metadata").

import { Refused } from './mechanism.ts'

/** Values by name. Names are compared without regard to case; those that were read are in lower case. */
export type Properties = Readonly<Record<string, Uint8Array>>

const SIZE = 4
const MOST_VALUE = 2 ** 31 - 1

/** The value of a property, whatever the case of its name. */
export function propertyOf(properties: Properties, name: string): Uint8Array | undefined {
  const lower = name.toLowerCase()
  const found = Object.keys(properties).find(key => key.toLowerCase() === lower)
  return found === undefined ? undefined : properties[found]
}

/** Each property as the length of its name in one byte, the name, the length of the value in four, the value. */
export function encodeProperties(properties: Properties): Buffer {
  const pieces = Object.entries(properties).flatMap(([name, value]) => {
    const size = Buffer.alloc(SIZE)
    size.writeUInt32BE(value.length)
    return [Uint8Array.of(name.length), Buffer.from(name, 'latin1'), size, value]
  })
  return Buffer.concat(pieces)
}

/** Reads a list of properties to its end; of a name that comes twice the first counts, as in libzmq. Throws Refused. */
export function decodeProperties(bytes: Uint8Array): Properties {
  const list = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const properties: Record<string, Uint8Array> = Object.create(null)
  for (let at = 0; at < list.length; ) {
    const sizeStart = at + 1 + list.readUInt8(at)
    const name = list.toString('latin1', at + 1, sizeStart)
    if (sizeStart + SIZE > list.length) throw new Refused('metadata that ends within a property')
    if (!/^[A-Za-z0-9\-_.+]+$/.test(name)) throw new Refused('metadata with a property without a name')
    const valueStart = sizeStart + SIZE
    const length = list.readUInt32BE(sizeStart)
    if (length > MOST_VALUE || valueStart + length > list.length) {
      throw new Refused(`metadata in which ${name} claims ${length} bytes, ${list.length - valueStart} are left`)
    }
    at = valueStart + length
    properties[name.toLowerCase()] ??= list.subarray(valueStart, at)
  }
  return properties
}
