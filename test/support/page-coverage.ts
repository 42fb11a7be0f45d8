// What the page's scripts ran in a browser, kept as Node keeps what its processes ran, where somebody counts (NODE_V8_COVERAGE).

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Page } from 'playwright-core'
import { ROOT } from './cases.ts'

const folder = process.env['NODE_V8_COVERAGE']
const INLINE_MAP = /\/\/# sourceMappingURL=data:application\/json;base64,(\S+)\s*$/

let kept = 0

export async function startCoverage(page: Page): Promise<void> {
  if (folder !== undefined) await page.coverage.startJSCoverage({ resetOnNavigation: false })
}

/** Before the page is closed. */
export async function keepCoverage(page: Page): Promise<void> {
  if (folder === undefined) return
  for (const { url, functions } of await page.coverage.stopJSCoverage()) {
    const path = join(ROOT, 'dist/page', new URL(url).pathname)
    const text = readFileSync(path, 'utf8')
    const map = INLINE_MAP.exec(text)?.[1]
    if (map === undefined) continue
    const file = pathToFileURL(path).href
    const data: unknown = JSON.parse(Buffer.from(map, 'base64').toString())
    const lineLengths = text.split('\n').map(line => line.length)
    const counts = { result: [{ url: file, functions }], 'source-map-cache': { [file]: { data, lineLengths } } }
    writeFileSync(join(folder, `coverage-${process.pid}-page-${kept++}.json`), JSON.stringify(counts))
  }
}
