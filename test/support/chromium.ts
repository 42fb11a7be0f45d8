// A real browser for the tests of the live page: Debian's chromium, without a window.

import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import type { Test } from 'tap'
import { keepCoverage, startCoverage } from './page-coverage.ts'

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const path = process.env['DAQ_TEST_CHROMIUM'] ?? PATHS.find(existsSync)

/** Why a test that needs it cannot run, or false. */
export const noChromium = path === undefined ? 'skipped: no chromium' : false

/** On a busy machine a browser takes its time. */
const PATIENCE_MS = 60_000
/** No sandbox of its own, because tests may run as root; what it opens is served by the test itself. */
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage']

export async function launchChromium(t: Test): Promise<Browser> {
  if (path === undefined) throw new Error('no chromium')
  const browser = await chromium.launch({ executablePath: path, args: FLAGS })
  t.teardown(() => browser.close())
  return browser
}

export interface Opened {
  readonly page: Page
  /** Errors of scripts and of the console: breaches of the page's CSP are among them, and files that are not there. */
  readonly complaints: readonly string[]
}

export interface OpenOptions {
  readonly width?: number
  readonly height?: number
  readonly colorScheme?: 'light' | 'dark'
}

export async function openPage(
  browser: Browser,
  url: string,
  { width = 800, height = 560, colorScheme = 'light' }: OpenOptions = {},
): Promise<Opened> {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme })
  const complaints: string[] = []
  page.on('pageerror', error => complaints.push(error.message))
  page.on('console', message => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.setDefaultTimeout(PATIENCE_MS)
  await startCoverage(page)
  const close = page.close.bind(page)
  page.close = async () => {
    await keepCoverage(page)
    await close()
  }
  await page.goto(url)
  return { page, complaints }
}
