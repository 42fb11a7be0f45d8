// Answers by a program: a request is its standard input, the packets on its standard output are the answers.

import { spawn } from 'node:child_process'
import type { Answer } from '../../bus/reply.ts'
import { autoDecoder, codecFor } from '../../codec/index.ts'
import { systemReason } from '../../errors.ts'
import { type Packet, packet } from '../../packet.ts'
import type { Rejecter } from '../../stream/reject.ts'

/** Of what a program says on stderr, so much goes into the answer that it has failed. */
const SAID = 1000

/** The command runs in a shell, once for each request. One that fails is an answer, too: `{"error":{…}}`. */
export function execAnswer(command: string, reject: Rejecter): Answer {
  return request =>
    new Promise(resolve => {
      const answers: Packet[] = []
      const decoder = autoDecoder({ source: command, reject })
      let said = ''
      const child = spawn('sh', ['-c', command], { stdio: ['pipe', 'pipe', 'pipe'] })
      child.stdin.on('error', () => {})
      child.stdin.end(Buffer.concat(encoded(request)))
      child.stdout.on('data', (chunk: Buffer) => answers.push(...decoder.push(chunk)))
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        said = (said + text).slice(-SAID)
      })
      child.on('error', error => resolve([failed({ message: systemReason(error) })]))
      child.on('close', (code, signal) => {
        answers.push(...(decoder.end?.() ?? []))
        if (code === 0) resolve(answers)
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
