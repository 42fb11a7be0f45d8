// The files that hold CURVE keys: read in any form that curve-keys.ts knows, made without ever losing one.

import { closeSync, fsyncSync, openSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs'
import { CarrierError, errorCode } from '../errors.ts'
import { type CurveKeys, parseAllowedKeys, parseKeyPair, parsePublicKey } from '../zmtp/curve-keys.ts'
import { inWords } from './failure.ts'

/** This side's own key pair, from a key file or a secret certificate of pyzmq or czmq. */
export function readKeyPair(path: string): CurveKeys {
  return parseKeyPair(textOf(path), path)
}

/** A peer's public key, from a file that holds nothing else, a certificate or a key file. */
export function readPublicKey(path: string): Uint8Array {
  return parsePublicKey(textOf(path), path)
}

/** The clients that a server lets in, in Z85, one a line. */
export function readAllowedKeys(path: string): ReadonlySet<string> {
  return parseAllowedKeys(textOf(path), path)
}

function textOf(path: string): string {
  return inWords(path, () => readFileSync(path, 'utf8'))
}

export interface KeyFile {
  readonly path: string
  readonly text: string
  /** Only its owner may read it. */
  readonly secret: boolean
}

/** Makes all of the files or none. One that is there already is an error, unless `replace` says otherwise. */
export function writeKeyFiles(files: readonly KeyFile[], { replace }: { readonly replace: boolean }): void {
  const steps = files.map(file => ({ file, path: replace ? partial(file.path) : file.path }))
  const made: string[] = []
  try {
    for (const { file, path } of steps) {
      inWords(file.path, () => writeNew(path, file))
      made.push(path)
    }
    if (replace) for (const { file, path } of steps) inWords(file.path, () => renameSync(path, file.path))
  } catch (error) {
    for (const path of made) discard(path)
    throw error
  }
}

function partial(path: string): string {
  return `${path}.partial-${Math.random().toString(36).slice(2, 10)}`
}

/** The secret is never, not even for a moment, in a file that others may read. */
function writeNew(path: string, { text, secret }: KeyFile): void {
  const descriptor = openNew(path, secret ? 0o600 : 0o644)
  try {
    writeFileSync(descriptor, text)
    fsyncSync(descriptor)
  } catch (error) {
    discard(path)
    throw error
  } finally {
    closeSync(descriptor)
  }
}

function openNew(path: string, mode: number): number {
  try {
    return openSync(path, 'wx', mode)
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error
    throw new CarrierError(path, 'is there already, and a key that is overwritten is lost', { cause: error })
  }
}

function discard(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // It has its name already, or was never made.
  }
}
