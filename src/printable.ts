// Text of others as a terminal may get it: no control character reaches it or breaks a line apart.

const ESCAPES: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r', '\\': '\\\\' }

/** On one line, so that what it was can be told. */
export function printable(text: string): string {
  if (!/[\x00-\x1f\x7f-\x9f\\]/.test(text)) return text
  return text.replace(/[\x00-\x1f\x7f-\x9f\\]/g, escaped)
}

/** The same of what is said to people: lines, tabs and backslashes stay. */
export function harmless(text: string): string {
  return text.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, escaped)
}

function escaped(character: string): string {
  return ESCAPES[character] ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
}
