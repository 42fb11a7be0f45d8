// An image of 256 colours as PNG bytes; the same bytes on every machine, because no system library compresses them.

import { crc32 } from 'node:zlib'
import { zlibSync } from 'fflate'
import type { Rgb } from './color-map.ts'

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const INDEXED = 3

/** `shades` holds a byte for each pixel, row by row from the top. */
export function indexedPng(shades: Uint8Array, width: number, palette: readonly Rgb[]): Uint8Array {
  const height = shades.length / width
  const header = new DataView(new ArrayBuffer(13))
  header.setUint32(0, width)
  header.setUint32(4, height)
  header.setUint8(8, 8)
  header.setUint8(9, INDEXED)
  const lines = new Uint8Array((width + 1) * height)
  for (let row = 0; row < height; row++) {
    // The byte before each line says that it is not filtered.
    lines.set(shades.subarray(row * width, (row + 1) * width), row * (width + 1) + 1)
  }
  return Buffer.concat([
    Buffer.from(SIGNATURE),
    chunk('IHDR', new Uint8Array(header.buffer)),
    chunk('PLTE', Uint8Array.from(palette.flat())),
    chunk('IDAT', zlibSync(lines, { level: 9 })),
    chunk('IEND', new Uint8Array(0)),
  ])
}

function chunk(name: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data])
  const framed = Buffer.alloc(body.length + 8)
  framed.writeUInt32BE(data.length)
  framed.set(body, 4)
  framed.writeUInt32BE(crc32(body), body.length + 4)
  return framed
}
