// What a Valkyrie configuration opens: a sink for its writer, a source for its reader.

import type { CarrierContext } from '../carrier/carrier.ts'
import { openSink, openSource } from '../carrier/open.ts'
import type { Rejecter } from '../stream/reject.ts'
import type { Sink, Source } from '../stream/step.ts'
import type { Settings } from './config.ts'
import { pairSink } from './pair-sink.ts'
import { pairSource } from './pair-source.ts'

export interface LinkSurroundings {
  readonly context: Omit<CarrierContext, 'policy' | 'buffer'>
  readonly reject: Rejecter
  /** Parse each meta at once. */
  readonly validate?: boolean
}

/** Sends nothing. What is written is counted in the stage `output`. */
export async function openWriter({ target, policy, buffer }: Settings, around: LinkSurroundings): Promise<Sink> {
  const { context, reject } = around
  switch (target.over) {
    case 'wire':
      return openSink([target.url], { to: 'auto', context: { ...context, policy, buffer }, reject })
    case 'pairs':
      return pairSink(target.pattern, { count: context.ledger.stage('output'), reject })
    case 'frames':
      // A file takes all: there is nobody to wait for.
      return openSink([`file:${inUrl(target.path)}?append`], {
        to: 'frame',
        context: { ...context, policy: 'block', buffer },
        reject,
      })
    case 'nothing':
      return openSink(['null:'], { to: 'auto', context: { ...context, policy: 'block', buffer }, reject })
  }
}

/** Begins when it is iterated. What is read is counted in the stage `input`. */
export function openReader(settings: Settings, { context, reject, validate = false }: LinkSurroundings): Source {
  const { target, follow, maxPacket, policy, buffer } = settings
  // What comes in is named first in a summary.
  context.ledger.stage('input')
  const options = { context: { ...context, policy, buffer }, reject, validate, maxPacket }
  switch (target.over) {
    case 'wire':
      return openSource([target.url], { ...options, from: 'auto' })
    case 'pairs':
      return pairSource(target.pattern, { context, reject, maxPacket, follow })
    case 'frames':
      return openSource([`file:${inUrl(target.path)}${follow ? '?follow' : ''}`], { ...options, from: 'frame' })
    case 'nothing':
      return openSource(['null:'], { ...options, from: 'auto' })
  }
}

function inUrl(path: string): string {
  return path.replaceAll('%', '%25').replaceAll('?', '%3F')
}
