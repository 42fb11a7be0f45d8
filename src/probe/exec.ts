// exec: each line that a command prints is a value.

import { spawn } from 'node:child_process'
import { CarrierError } from '../errors.ts'
import { lines } from './lines.ts'
import type { Event, ProbeKind } from './probe.ts'
import { valueOfText } from './value-text.ts'

export const exec: ProbeKind = {
  name: 'exec',
  summary: "each line of a command's output is a value: a number or JSON; the command's end is the sensor's",
  example: 'exec:vmstat 1 | stdbuf -oL awk "NR > 2 {print \\$15}"',
  argument: 'COMMAND',
  params: [],
  make({ rest: command }, { reject }) {
    return {
      timed: false,
      async *events(stop) {
        // A group of its own, so that a pipeline ends as a whole.
        const child = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'inherit'], detached: true })
        const end = () => {
          try {
            if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM')
          } catch {
            // It has ended already.
          }
        }
        stop.addEventListener('abort', end)
        const ended = new Promise<string | undefined>(resolve => {
          child.on('error', error => resolve(error.message))
          child.on('close', (code, signal) => resolve(signal ?? (code === 0 ? undefined : `code ${code}`)))
        })
        try {
          let number = 0
          for await (const batch of lines(child.stdout)) {
            const events: Event[] = []
            for (const line of batch) {
              number++
              const reading = valueOfText(line)
              if (reading !== undefined) events.push({ reading })
              else
                reject('no value', `exec:${command}: line ${number}: '${shortened(line)}': expected a number or JSON`)
            }
            yield events
          }
          const reason = await ended
          if (reason !== undefined && !stop.aborted) throw new CarrierError(`exec:${command}`, `ended with ${reason}`)
        } finally {
          stop.removeEventListener('abort', end)
          end()
        }
      },
    }
  },
}

function shortened(line: string): string {
  return line.length > 80 ? `${line.slice(0, 80)}…` : line
}
