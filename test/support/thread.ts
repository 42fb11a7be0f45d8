// Threads that run TypeScript as it is: the loader of this thread is not theirs.

import { Worker } from 'node:worker_threads'

const START = `const { workerData } = require('node:worker_threads')
const { file, data } = workerData
require('node:worker_threads').workerData = data
import('tsx/esm/api').then(({ register }) => { register(); return import(file) })`

/** A thread that runs the file (its `import.meta.url`) with `data` as its workerData. */
export function sourceThread(file: string, data: unknown): Worker {
  return new Worker(START, { eval: true, workerData: { file, data } })
}
