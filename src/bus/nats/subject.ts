// Topics and patterns as subjects of NATS: the same words between dots, but none of them empty, and `>` for one word or more.

import { ANY_WORDS, ONE_WORD, wordsOf } from '../../topic/address.ts'
import { type Tail, tailOf } from '../engine/pattern.ts'

const MANY_WORDS = '>'
/** Subjects of NATS itself: replies, JetStream, its own events. A wildcard does not stand for them here. */
const INTERNAL = /^(?:\$|_INBOX\.)/

/** Why a topic is no subject; nothing if it is. */
export function topicFault(topic: string): string | undefined {
  if (INTERNAL.test(topic)) return `'${topic}': NATS keeps such subjects for itself`
  const words = wordsOf(topic)
  const wild = words.find(word => word === ONE_WORD || word === MANY_WORDS)
  if (wild !== undefined) return `'${topic}': '${wild}' is a wildcard of NATS, and stands in no topic`
  return wordsFault(topic, words)
}

/** Why a pattern cannot be subscribed to; nothing if it can. */
export function patternFault(pattern: string): string | undefined {
  const tail = tailOf(pattern)
  if (!tail) return `'${pattern}': in NATS '${ANY_WORDS}' stands at the end of a pattern alone`
  if (tail.words.includes(MANY_WORDS))
    return `'${pattern}': '${MANY_WORDS}' is a wildcard of NATS: expected '${ANY_WORDS}'`
  return tail.open && tail.words.length === 0 ? undefined : wordsFault(pattern, tail.words)
}

function wordsFault(text: string, words: readonly string[]): string | undefined {
  if (words.length === 0 || words.includes('')) return `'${text}': NATS has no empty words`
  // Space and control characters would end the subject.
  if (/[\s\x00-\x1f\x7f]/.test(text)) return `'${text}': NATS has no white space in subjects`
  return undefined
}

/** The subjects that a pattern which has no fault stands for, no address twice. */
export function subjectsOf(pattern: string): readonly string[] {
  const { words, open } = tailOf(pattern) ?? EVERYTHING
  if (!open) return [words.join('.')]
  if (words.length === 0) return [MANY_WORDS]
  // One word and more that follow are one word or more.
  if (words.at(-1) === ONE_WORD) return [[...words.slice(0, -1), MANY_WORDS].join('.')]
  return [words.join('.'), [...words, MANY_WORDS].join('.')]
}

const EVERYTHING: Tail = { words: [], open: true }

/** Whether a message of a subject of NATS itself came because of a wildcard. */
export function isInternal(subject: string, pattern: string): boolean {
  return INTERNAL.test(subject) && !INTERNAL.test(pattern)
}
