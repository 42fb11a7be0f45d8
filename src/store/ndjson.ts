// ndjson: each packet a line of JSON, as it came.

import { lineFormat } from '../carrier/record-format.ts'
import { codedStore } from './coded.ts'

export const ndjson = codedStore({
  scheme: 'ndjson',
  summary: 'a file of newline-JSON, each packet a line',
  example: 'ndjson:log-%Y-%m-%d.ndjson',
  format: lineFormat,
  look: path => `tail ${path}`,
})
