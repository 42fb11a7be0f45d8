// node filter.mjs where|pick: bare Node on sensor lines, blocks of 256 KiB read synchronously and JSON.parse a line.

import { readSync, writeSync } from 'node:fs'

const mode = process.argv[2]
const block = Buffer.allocUnsafe(262144)
let rest = ''
for (;;) {
  const size = readSync(0, block)
  if (size === 0) break
  const lines = (rest + block.latin1Slice(0, size)).split('\n')
  rest = lines.pop()
  let out = ''
  for (const line of lines) {
    const { value } = JSON.parse(line)
    if (mode === 'pick') out += `${value}\n`
    else if (value > 0) out += `${line}\n`
  }
  for (let bytes = Buffer.from(out, 'latin1'); bytes.length > 0; ) bytes = bytes.subarray(writeSync(1, bytes))
}
