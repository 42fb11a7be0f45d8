// What a terminal sends for keys, by their names.

const NAMES: Readonly<Record<string, string>> = {
  '\x03': 'ctrl-c',
  '\x04': 'ctrl-d',
  '\x0c': 'ctrl-l',
  '\x1a': 'ctrl-z',
  '\x1b': 'escape',
  '\t': 'tab',
  '\r': 'enter',
  '\n': 'enter',
  '\x7f': 'backspace',
  '\x1b[A': 'up',
  '\x1b[B': 'down',
  '\x1b[C': 'right',
  '\x1b[D': 'left',
  '\x1b[H': 'home',
  '\x1b[F': 'end',
  '\x1b[5~': 'page-up',
  '\x1b[6~': 'page-down',
  '\x1b[Z': 'shift-tab',
}

/** One key after the other; a sequence without a name is one key, which means nothing. */
export function keysIn(text: string): readonly string[] {
  const sequences = text.match(/\x1b\[[0-9;?]*[ -/]*[@-~]|\x1bO[@-~]|[\s\S]/g) ?? []
  return sequences.map(sequence => NAMES[sequence.replace('\x1bO', '\x1b[')] ?? sequence)
}
