// Sensors that each live in a process of their own, connected by a pipe or by a socket.

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import type { Readable } from 'node:stream'
import { sensorEntry } from './entry.ts'
import { blockDecoder } from './link.ts'
import type { Habitat, RunningSensor, SensorEvents } from './running.ts'
import type { SensorOrders } from './sensor.ts'

export const CONNECTIONS = ['pipe', 'socket'] as const
export type Connection = (typeof CONNECTIONS)[number]

/** What a sensor's process reads from its stdin, each a line of JSON. The end of its stdin is its own. */
export type Control =
  | { readonly orders: SensorOrders; readonly connect?: string }
  | { readonly start: unknown }
  | 'stop'

export function inProcesses(connection: Connection): Habitat {
  // Short, because the path of a socket may only have about a hundred bytes; and nobody else's to look into.
  const folder = connection === 'socket' ? mkdtempSync(join(tmpdir(), 'daq-')) : undefined
  let launched = 0
  return {
    launch(orders, events) {
      if (folder === undefined) return launchProcess(orders, events, undefined)
      return launchProcess(orders, events, join(folder, `${launched++}.sock`))
    },
    async close() {
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
    },
  }
}

function launchProcess(orders: SensorOrders, events: SensorEvents, path: string | undefined): RunningSensor {
  const child = spawn(process.execPath, [...process.execArgv, sensorEntry()], { stdio: ['pipe', 'pipe', 'inherit'] })
  const tell = (control: Control) => child.stdin.write(`${JSON.stringify(control)}\n`)
  let link: Readable = child.stdout
  let server: Server | undefined
  let wantsPause = false
  let killed = false
  let linkEnded = false
  let exit: string | undefined
  const gone = () => {
    if (!linkEnded || exit === undefined || killed) return
    killed = true
    events.gone(exit)
  }
  const attach = (readable: Readable) => {
    link = readable
    const decoder = blockDecoder()
    readable.on('data', (bytes: Uint8Array) => {
      for (const block of decoder.push(bytes)) if (!killed) events.block(block)
    })
    readable.on('error', () => {})
    readable.on('close', () => {
      linkEnded = true
      gone()
    })
    if (wantsPause) readable.pause()
  }
  child.on('error', error => {
    exit ??= error.message
    linkEnded = true
    gone()
  })
  child.on('close', (code, signal) => {
    exit ??= signal ? `killed by ${signal}` : code === 0 ? 'ended' : `ended with code ${code}`
    server?.close()
    if (server?.listening === true || path === undefined || link === child.stdout) linkEnded = true
    gone()
  })
  child.stdin.on('error', () => {})
  if (path === undefined) {
    attach(child.stdout)
    tell({ orders })
  } else {
    server = createServer(socket => {
      server?.close()
      attach(socket)
    })
    server.listen(path, () => tell({ orders, connect: path }))
    child.stdout.resume()
  }
  return {
    start: start => void tell({ start }),
    pause() {
      wantsPause = true
      if (path === undefined || link !== child.stdout) link.pause()
    },
    resume() {
      wantsPause = false
      link.resume()
    },
    stop: () => void tell('stop'),
    kill() {
      killed = true
      server?.close()
      link.destroy()
      child.stdin.destroy()
      child.kill('SIGKILL')
    },
  }
}
