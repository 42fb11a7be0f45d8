// frame: each packet a frame with its bytes and a checksum, nothing lost.

import { frameFormat } from '../carrier/frame-format.ts'
import { codedStore } from './coded.ts'

export const frame = codedStore({
  scheme: 'frame',
  summary: 'a file of frames; meta and bytes with a checksum, nothing lost',
  example: 'frame:capture.frame',
  format: frameFormat,
  look: path => `repack -i ${path} --to ndjson`,
})
