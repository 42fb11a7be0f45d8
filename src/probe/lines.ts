// Lines of text from a stream of bytes, as many together as were read together.

/** A last line without its end is a line. */
export async function* lines(stream: AsyncIterable<Uint8Array>): AsyncGenerator<readonly string[]> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const bytes of stream) {
    const found = (rest + decoder.decode(bytes, { stream: true })).split('\n')
    rest = found.pop() ?? ''
    if (found.length > 0) yield found.map(line => line.replace(/\r$/, ''))
  }
  if (rest !== '') yield [rest]
}
