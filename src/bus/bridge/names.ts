// How topics of one bus are called on another: with words before them.

import { UsageError } from '../../errors.ts'
import { isPattern } from '../../topic/address.ts'

/** `openstack1.` and `openstack1` are the same; the empty text means that topics keep their names. */
export class Prefix {
  /** With the dot after it. */
  readonly text: string

  constructor(text: string) {
    const words = text.replace(/\.$/, '')
    if (isPattern(words) || (text !== '' && words.split('.').includes(''))) {
      throw new UsageError(`--prefix ${text}: expected words between dots, without wildcards`)
    }
    this.text = words === '' ? '' : `${words}.`
  }

  /** Of a topic or a pattern. */
  add(address: string): string {
    return address === '' ? this.text.slice(0, -1) : this.text + address
  }

  /** Nothing for what has no such prefix. */
  remove(address: string): string | undefined {
    if (address.startsWith(this.text)) return address.slice(this.text.length)
    return address === this.text.slice(0, -1) ? '' : undefined
  }
}
