// Keeps a folder to one process: a file that names the process, worth nothing once that process is gone.

import { linkSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { CarrierError, errorCode } from '../errors.ts'

const NAME = 'lock'
/** Attempts: another process that starts at the same time may remove the same stale file. */
const ATTEMPTS = 5

/** Folders that this process holds. */
const held = new Set<string>()

export class FolderLock {
  readonly #path: string

  /** Fails with a CarrierError while another journal, here or in another process, has the folder. */
  static take(folder: string): FolderLock {
    const path = join(folder, NAME)
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (create(path)) {
        held.add(path)
        return new FolderLock(path)
      }
      const owner = ownerOf(path)
      if (held.has(path) || owner !== undefined) {
        throw new CarrierError(folder, `in use by process ${owner ?? process.pid}`)
      }
      remove(path)
    }
    throw new CarrierError(folder, `cannot be locked: ${path} comes back`)
  }

  private constructor(path: string) {
    this.#path = path
  }

  release(): void {
    if (held.delete(this.#path)) remove(this.#path)
  }
}

/** False where there is one. It is never seen without its text. */
function create(path: string): boolean {
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, `${process.pid} ${startOf(process.pid)}\n`)
  try {
    linkSync(draft, path)
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw error
  } finally {
    unlinkSync(draft)
  }
}

/** The process that has the folder; nothing where it is gone, also where another process has got its number. */
function ownerOf(path: string): number | undefined {
  const [pid = '', start] = readText(path).split(/\s+/)
  const number = Number(pid)
  if (pid === '' || number === process.pid) return undefined
  return isAlive(number) && startOf(number) === start ? number : undefined
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) === 'EPERM'
  }
}

/** When the process began, in ticks since the system did (proc(5), the 22nd word); the same for all where it is not told. */
function startOf(pid: number): string {
  const text = readText(`/proc/${pid}/stat`)
  // The second word is the program's name, in brackets, which may hold anything.
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '-'
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error
  }
}
