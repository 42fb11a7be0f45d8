// Answers by a program: a request is its standard input, the packets on its standard output are the answers.

import { spawn } from 'node:child_process'
import type { Answer } from '../../bus/reply.ts'
import { autoDecoder, codecFor } from '../../codec/index.ts'
import { systemReason } from '../../errors.ts'
import { type Packet, packet } from '../../packet.ts'
import type { Rejecter } from '../../stream/reject.ts'
import { Timer } from '../../timer.ts'
import { formatDuration } from '../../units.ts'

/** Of what a program says on stderr, so much goes into the answer that it has failed. */
const SAID = 1000

/** What was asked to end has so many milliseconds for it. */
const GRACE_MS = 1000

export interface ExecOptions {
  /** Milliseconds that a program has for its answer. */
  readonly limit: number
  readonly reject: Rejecter
}

/** The command runs in a shell, once for each request. One that fails is an answer, too: `{"error":{…}}`. */
export function execAnswer(command: string, { limit, reject }: ExecOptions): Answer {
  return request =>
    new Promise(resolve => {
      const answers: Packet[] = []
      const decoder = autoDecoder({ source: command, reject })
      let said = ''
      const child = spawn('sh', ['-c', command], { stdio: ['pipe', 'pipe', 'pipe'], detached: true })
      // A group of its own, so that a pipeline ends as a whole.
      const kill = (signal: NodeJS.Signals) => {
        try {
          if (child.pid !== undefined) process.kill(-child.pid, signal)
        } catch {
          // It has ended already.
        }
      }
      let isLate = false
      const killer = new Timer(limit + GRACE_MS, () => kill('SIGKILL'))
      const timer = new Timer(limit, () => {
        isLate = true
        kill('SIGTERM')
      })
      child.stdin.on('error', () => {})
      child.stdin.end(Buffer.concat(encoded(request)))
      child.stdout.on('data', (chunk: Buffer) => answers.push(...decoder.push(chunk)))
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        said = (said + text).slice(-SAID)
      })
      child.on('error', error => resolve([failed({ message: systemReason(error) })]))
      child.on('close', (code, signal) => {
        timer.stop()
        killer.stop()
        answers.push(...(decoder.end?.() ?? []))
        if (isLate) resolve([failed({ signal, message: `no end within ${formatDuration(limit)}` })])
        else if (code === 0) resolve(answers)
        else resolve([failed({ ...(code === null ? { signal } : { code }), message: said.trim() })])
      })
    })
}

/** As it came. */
function encoded(request: Packet): Uint8Array[] {
  return [
    ...codecFor(request)
      .encoder({ reject: () => {} })
      .push([request]),
  ]
}

function failed(error: { readonly code?: number; readonly signal?: string | null; readonly message: string }): Packet {
  return packet({ error: { ...error } })
}
