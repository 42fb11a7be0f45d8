// Where the program of a sensor's own process or thread is found.

import { fileURLToPath } from 'node:url'

/** Beside this file: its source while this is source, the bundle once this is a bundle. */
export function sensorEntry(): string {
  const name = import.meta.url.endsWith('.ts') ? './process.ts' : './sensor.cjs'
  return fileURLToPath(new URL(name, import.meta.url))
}
