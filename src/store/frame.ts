// frame: each packet a frame with its bytes and a checksum, nothing lost.

import { codedStore } from './coded.ts'
import { frameFormat } from './frame-format.ts'

export const frame = codedStore({
  scheme: 'frame',
  summary: 'a file of frames: meta and bytes with a checksum, nothing lost',
  example: 'frame:capture.frame',
  format: frameFormat,
  look: path => `repack -i ${path} --to ndjson`,
})
