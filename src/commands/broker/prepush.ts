// Grooming a dataset before it is sent: by a program, or by a function of a module.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { CarrierError, systemReason, UsageError } from '../../errors.ts'
import type { Json } from '../../packet.ts'

/** The rows that are sent instead; nothing where nothing shall be sent this time. */
export type Prepush = (rows: readonly Json[]) => Promise<readonly Json[] | undefined>

/** A path that ends in .js, .mjs or .cjs is a module whose default export is the function; anything else runs in a shell. */
export async function prepushOf(text: string, dataset: string): Promise<Prepush> {
  return /\.[mc]?js$/.test(text) ? moduleOf(text, dataset) : programOf(text, dataset)
}

/** In a thread of its own, which can load a module of either kind whatever loaded this one. */
const THREAD = `
const { parentPort, workerData } = require('node:worker_threads')
const loaded = import(workerData.url).then(({ default: groom }) => {
  if (typeof groom !== 'function') throw new Error('expected a function as its default export')
  parentPort.postMessage({ ready: true })
  return groom
}).catch(error => parentPort.postMessage({ fault: String(error?.message ?? error) }))
parentPort.on('message', async rows => {
  try {
    parentPort.postMessage({ rows: await (await loaded)(rows, { dataset: workerData.dataset }) })
  } catch (error) {
    parentPort.postMessage({ fault: String(error?.message ?? error) })
  }
})`

type Said = { readonly ready: true } | { readonly rows: unknown } | { readonly fault: string }

async function moduleOf(path: string, dataset: string): Promise<Prepush> {
  const url = pathToFileURL(resolve(path)).href
  const thread = new Worker(THREAD, { eval: true, workerData: { url, dataset } })
  thread.unref()
  const gone = new AbortController()
  thread.on('error', error => gone.abort(error))
  thread.on('exit', () => gone.abort(new Error('its thread has ended')))
  const hear = async (): Promise<Said> => {
    try {
      const [said] = await once(thread, 'message', { signal: gone.signal })
      return said
    } catch (error) {
      throw new CarrierError(`--prepush ${path}`, systemReason(gone.signal.reason ?? error))
    }
  }
  const first = await hear()
  if ('fault' in first) throw new UsageError(`--prepush ${path}: ${first.fault}`)
  return async rows => {
    const answer = hear()
    thread.postMessage(rows)
    const said = await answer
    if ('fault' in said) throw new CarrierError(`--prepush ${path}`, said.fault)
    return checked('rows' in said ? said.rows : undefined, path)
  }
}

/** Started for each state: it reads {"dataset":…,"rows":[…]}, and prints the rows as a list, or null. */
function programOf(command: string, dataset: string): Prepush {
  return rows =>
    new Promise((resolve, reject) => {
      const fail = (reason: string) => reject(new CarrierError(`--prepush ${command}`, reason))
      const child = spawn('sh', ['-c', command], { stdio: ['pipe', 'pipe', 'inherit'] })
      const chunks: Buffer[] = []
      child.stdin.on('error', () => {})
      child.stdin.end(`${JSON.stringify({ dataset, rows })}\n`)
      child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
      child.on('error', error => fail(systemReason(error)))
      child.on('close', (code, signal) => {
        if (code !== 0) return fail(`ended with ${signal ?? `code ${code}`}`)
        try {
          const value: unknown = JSON.parse(Buffer.concat(chunks).toString())
          resolve(checked(value, command))
        } catch (error) {
          fail(error instanceof Error ? error.message : String(error))
        }
      })
    })
}

function checked(value: unknown, name: string): readonly Json[] | undefined {
  if (value === null || value === undefined) return undefined
  if (Array.isArray(value)) return value
  throw new CarrierError(`--prepush ${name}`, 'expected a list of rows, or null')
}
