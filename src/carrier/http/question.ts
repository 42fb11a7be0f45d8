// What a reader asks of an HTTP output, in the parameters of its GET.

import type { IncomingMessage } from 'node:http'
import { UsageError } from '../../errors.ts'
import { type Policy, parsePolicy } from '../../stream/policy.ts'
import { Refused } from './guard.ts'
import { acceptedFormat } from './wording.ts'

export interface Question {
  /** Who asks, again and again; nothing where nobody says so. */
  readonly reader: string | undefined
  /** A name that outlives the process that asks. */
  readonly name: string | undefined
  /** The run of the writer that the numbers are of. */
  readonly stream: string | undefined
  readonly from: number | undefined
  /** The last answer that it got. */
  readonly got: number | undefined
  /** All before this number has been dealt with. */
  readonly done: number | undefined
  readonly policy: Policy | undefined
  readonly buffer: number | undefined
  /** A codec's name, or `packet`: the data of one packet alone. */
  readonly format: string | undefined
}

const LONGEST_NAME = 128

/** Throws a Refused. */
export function readQuestion({ searchParams }: URL, { headers }: IncomingMessage): Question {
  const number = (name: string) => {
    const text = searchParams.get(name)
    if (text === null) return undefined
    if (/^\d{1,15}$/.test(text)) return Number(text)
    throw new Refused(400, `${name}=${text}: expected a number`)
  }
  const word = (name: string) => {
    const text = searchParams.get(name)
    if (text === null || (text !== '' && text.length <= LONGEST_NAME)) return text ?? undefined
    throw new Refused(400, `${name}: expected 1 … ${LONGEST_NAME} characters`)
  }
  return {
    reader: word('reader'),
    name: word('name'),
    stream: word('stream'),
    from: number('from'),
    got: number('got'),
    done: number('done'),
    policy: policyOf(word('policy')),
    buffer: number('buffer'),
    format: searchParams.has('packet') ? 'packet' : acceptedFormat(headers.accept ?? ''),
  }
}

function policyOf(text: string | undefined): Policy | undefined {
  try {
    return text === undefined ? undefined : parsePolicy(text)
  } catch (error) {
    if (error instanceof UsageError) throw new Refused(400, error.message)
    throw error
  }
}
