// From a tone on the air to its level in a spectrum: commands joined over HTTP, by pipes, in one process.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import {
  calibrateStage,
  openSink,
  openSource,
  parseWindow,
  run,
  type Stage,
  StageCount,
  spectrumStage,
} from '../../src/index.ts'
import { HOLD_MS } from '../../src/stream/demand.ts'
import { type Chain, listening, openChain } from '../support/chain.ts'
import { launchChromium, noChromium, openPage } from '../support/chromium.ts'
import { readPeaks } from '../support/live-page.ts'
import { finish, start } from '../support/process.ts'

t.setTimeout(120_000)

interface Peak {
  readonly frequency: number
  readonly level: number
  /** Hz from bin to bin. */
  readonly step: number
}

/** What a program without any of this project's code sees: the meta in a header, numbers in the body. */
async function highest(url: string, from: string): Promise<Peak & { readonly next: string }> {
  const answer = await fetch(`${url}?packet${from}`)
  if (answer.status === 204) return highest(url, from)
  const meta = JSON.parse(answer.headers.get('daq-meta') ?? '')
  const bins = new Float32Array(await answer.arrayBuffer())
  const level = Math.max(...bins)
  const { frequency_start: start, frequency_step: step } = meta
  const next = `&from=${answer.headers.get('daq-next')}`
  return { frequency: start + bins.indexOf(level) * step, level, step, next }
}

async function appears(t: Test, { url }: Chain, frequency: number, level: number): Promise<void> {
  let seen = await highest(url, '')
  // What was captured before the tone was changed is still on its way.
  for (let more = 0; more < 200 && Math.abs(seen.frequency - frequency) > seen.step; more++) {
    seen = await highest(url, seen.next)
  }
  t.ok(Math.abs(seen.frequency - frequency) <= seen.step, `${seen.frequency} Hz`)
  t.ok(Math.abs(seen.level - level) < 0.1, `${seen.level} dBm`)
}

t.test(
  'a tone appears at its frequency and its level, and the instrument streams only while somebody looks',
  async t => {
    const folder = t.testdir({})
    const chain = await openChain(t, folder)
    const { scpi, url } = chain
    t.equal(await scpi.ask(':TRACE:STREAM:STATUS?'), 'STOPPED', 'nobody looks')
    await scpi.set(':SIMULATE:TONE')
    await scpi.set(':SIMULATE:TONE 2.45001GHZ,-33.3')
    await appears(t, chain, 2.45001e9, -33.3)
    await chain.streams(false)
    t.ok(4 * HOLD_MS < 2000, 'each of four inputs is held for so long at most')

    await scpi.set(':SIMULATE:TONE')
    await scpi.set(':SIMULATE:TONE 2.44998GHZ,-47.25')
    const measuring = start(t, `spectrum -q -i '${url}' --measure --to ndjson`, { folder })
    await chain.streams(true)
    await measuring.printed(/"frequency":24499[78]\d+/)
    const [peak] = JSON.parse(/^\{.*"frequency":24499[78].*$/m.exec(await measuring.printed(''))?.[0] ?? '').peaks
    t.ok(Math.abs(peak.frequency - 2.44998e9) < 20, `${peak.frequency} Hz`)
    t.ok(Math.abs(peak.level + 47.25) < 0.1, `${peak.level} dBm`)
    measuring.child.kill('SIGINT')
    await chain.streams(false)
  },
)

t.test('the same in a browser: read off the page, and over when the page is closed', { skip: noChromium }, async t => {
  const folder = t.testdir({})
  const chain = await openChain(t, folder)
  const { scpi, url } = chain
  const looking = start(t, `spectrum --serve 127.0.0.1:0 -i '${url}?on-demand' >/dev/null`, { folder })
  const address = /http:\/\/127\.0\.0\.1:\d+\S*/.exec(await looking.said(/http:\/\/127\.0\.0\.1:\d+/))?.[0] ?? ''
  await scpi.set(':SIMULATE:TONE')
  await scpi.set(':SIMULATE:TONE 2.45003GHZ,-41.7')
  t.equal(await scpi.ask(':TRACE:STREAM:STATUS?'), 'STOPPED', 'nobody looks')

  const browser = await launchChromium(t)
  const { page: tab, complaints } = await openPage(browser, address)
  const cell = tab.locator('[data-frequency]').first()
  await cell.waitFor()
  const region = await tab.getByRole('region').first().getAttribute('aria-label')
  const [peak] = await readPeaks(tab, region ?? '', 1)
  t.ok(Math.abs((peak?.frequency ?? 0) - 2.45003e9) < 120, `${peak?.frequency} Hz`)
  t.ok(Math.abs((peak?.level ?? 0) + 41.7) < 0.1, `${peak?.level} dBm`)
  t.equal(await scpi.ask(':TRACE:STREAM:STATUS?'), 'RUNNING')
  t.same(complaints, [])

  const closed = performance.now()
  await tab.close()
  await chain.streams(false)
  t.comment(`the stream stopped ${Math.round(performance.now() - closed)} ms after the page was closed`)
})

const CALIBRATION = {
  samples: undefined,
  spectra: {
    offset: 0,
    gain: undefined,
    reference: -10,
    table: undefined,
    profile: undefined,
    mode: undefined,
    inversion: 'auto',
    maskMiddle: false,
    band: undefined,
  },
} as const

const SPECTRUM = {
  size: 1024,
  scale: 'db',
  overlap: 0,
  average: undefined,
  averaging: 'mean',
  fullScale: undefined,
  window: parseWindow('hann'),
  normalization: 'window',
  order: 'frequency',
  removeMean: false,
  pad: false,
  threaded: false,
  rows: 1,
  sampleRate: undefined,
} as const

t.test('joined over HTTP, by pipes and in one process, the spectra are the same', async t => {
  const folder = t.testdir({})
  const path = (name: string) => join(folder, name)
  const made = await finish(
    t,
    "sensor-sim -q --sensors 1 -n 20 --interval 0 --seed 7 --probe 'iq?tones=100k:-20&center=98M' | vrt -q --to vrt -o samples.vrt && " +
      'vrt -q samples.vrt --only samples | fft -q | calibrate -q --reference-level=-10 -o piped.daq',
    '',
    { folder },
  )
  t.equal(made.code, 0, made.stderr)

  const samples = await listening(t, "vrt samples.vrt --only samples -o 'http://127.0.0.1:0/a?listen&peers=1'", folder)
  const spectra = await listening(t, `fft -i '${samples}/a' -o 'http://127.0.0.1:0/b?listen&peers=1'`, folder)
  const last = await finish(t, `calibrate -i '${spectra}/b' --reference-level=-10 -o http.daq`, '', { folder })
  t.equal(last.code, 0, last.stderr)

  const reject = () => {}
  const sink = await openSink(path('library.daq'))
  const samplesAlone: Stage = { push: batch => batch.filter(({ data }) => data.length > 0) }
  const stages = [
    samplesAlone,
    spectrumStage(SPECTRUM, { reject, count: new StageCount() }),
    calibrateStage(CALIBRATION, { reject }),
  ]
  await run(openSource(path('samples.vrt')), stages, sink)
  await sink.close()

  const piped = readFileSync(path('piped.daq'))
  t.ok(piped.length > 20 * 4096, `${piped.length} bytes`)
  t.ok(piped.equals(readFileSync(path('http.daq'))), 'over HTTP')
  t.ok(piped.equals(readFileSync(path('library.daq'))), 'in one process')
})
