// Topics and patterns in MQTT: levels between slashes instead of words between dots, `+` for one and `#` for any number at
// the end.

import { ANY_WORDS, ONE_WORD, wordsOf } from '../../topic/address.ts'
import { type Tail, tailOf } from '../engine/pattern.ts'

/** Bytes of UTF-8: the string of MQTT. */
const LONGEST = 65_535

/** Why a topic is none in MQTT; nothing if it is. */
export function topicFault(topic: string): string | undefined {
  if (topic.startsWith('$')) return `'${topic}': MQTT keeps topics that begin with $ for itself`
  return textFault(topic, wordsOf(topic))
}

/** Why a pattern cannot be subscribed to; nothing if it can. */
export function patternFault(pattern: string): string | undefined {
  const tail = tailOf(pattern)
  if (!tail) return `'${pattern}': in MQTT '${ANY_WORDS}' stands at the end of a pattern alone`
  if (pattern.startsWith('$share'))
    return `'${pattern}': MQTT keeps $share for groups: expected the group's name beside it`
  return tail.open && tail.words.length === 0 ? undefined : textFault(pattern, tail.words)
}

function textFault(text: string, words: readonly string[]): string | undefined {
  if (words.length === 0) return `'${text}': MQTT has no empty topic`
  const wrong = words.find(word => /[/+#\0]/.test(word))
  if (wrong !== undefined) return `'${text}': '${wrong}': MQTT has no /, +, # and NUL in words`
  return Buffer.byteLength(text) > LONGEST ? `a topic of more than ${LONGEST} bytes` : undefined
}

/** As MQTT writes a topic that has no fault. */
export function mqttTopic(topic: string): string {
  return topic.replaceAll('.', '/')
}

/** The topic that MQTT writes so; nothing if a dot in it would become a border of words. */
export function topicOf(name: string): string | undefined {
  return name.includes('.') ? undefined : name.replaceAll('/', '.')
}

/** The filter for a pattern that has no fault. */
export function filterOf(pattern: string, group: string | undefined): string {
  const { words, open } = tailOf(pattern) ?? EVERYTHING
  const levels = words.map(word => (word === ONE_WORD ? '+' : word))
  const filter = [...levels, ...(open ? ['#'] : [])].join('/')
  return group === undefined ? filter : `$share/${group}/${filter}`
}

const EVERYTHING: Tail = { words: [], open: true }
