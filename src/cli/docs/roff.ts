// The few words of roff (man(7)) that our pages need.

/** Text with roff's own characters made harmless; `*word*` is bold, `_word_` italic, as in the table's prose. */
export function inline(text: string): string {
  return escaped(text)
    .replace(/\*([^*\s][^*]*)\*/g, '\\fB$1\\fR')
    .replace(/(^|[\s(])_([^_\s][^_]*)_(?=[\s.,;:)]|$)/g, '$1\\fI$2\\fR')
}

export function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/gm, '\\&$1')
}

export function section(title: string): string {
  return `.SH ${title.toUpperCase()}`
}

export function paragraph(text: string): string {
  return `.PP\n${inline(text)}`
}

/** A term on its own line and what it means, indented. */
export function term(head: string, meaning: string): string {
  return `.TP\n${head}\n${inline(meaning)}`
}

/** Terms without space between them, each on the line of its meaning. */
export function terse(rows: readonly (readonly [head: string, meaning: string])[]): string {
  const indent = Math.max(...rows.map(([head]) => head.length)) + 2
  const lines = rows.map(([head, meaning]) => `.TP ${indent}\n\\fB${escaped(head)}\\fR\n${inline(meaning)}`)
  return `.PD 0\n${lines.join('\n')}\n.PD`
}

/** Names of pages, none of them hyphenated. */
export function references(pages: readonly string[]): string {
  return pages.map(page => `\\fB\\%${escaped(page)}\\fR`).join(', ')
}

/** Lines as they stand, in a constant-width font. */
export function literal(text: string): string {
  return `.PP\n.RS 4\n.nf\n${escaped(text)}\n.fi\n.RE`
}
