// The live page in a real browser: what it shows is read off it.

import t from 'tap'
import { COLOR_MAP, hex, shadeOf } from '../../../src/chart/color-map.ts'
import { launchChromium, noChromium, openPage } from '../../support/chromium.ts'
import {
  BINS,
  eventually,
  FLOOR,
  type Line,
  readPeaks,
  readWaterfall,
  START,
  STEP,
  servePage,
  show,
  spectrumPacket,
} from '../../support/live-page.ts'

const LINES: readonly Line[] = [
  { bin: 100, level: -20 },
  { bin: 400, level: -45.5 },
]
const frequencyOf = (bin: number) => START + bin * STEP

t.test('in Chromium', { skip: noChromium }, async t => {
  const browser = await launchChromium(t)

  t.test('frequencies and levels are read off the page, held ones too', async t => {
    const { page } = await servePage(t)
    show(page, [spectrumPacket(LINES, { name: 'rx' })])
    const { page: tab, complaints } = await openPage(browser, page.url)
    t.same(await readPeaks(tab, 'rx', 2), [
      { frequency: frequencyOf(100), level: -20, held: -20 },
      { frequency: frequencyOf(400), level: -45.5, held: -45.5 },
    ])
    const panel = tab.getByRole('region', { name: 'rx' })
    t.match(await panel.getByRole('table').innerText(), /97\.7000 MHz\s+−20\.0 dBm\s+−20\.0 dBm/)
    t.match(await panel.innerText(), /center 98\.012 MHz · span 1\.02 MHz · RBW 2\.00 kHz · 512 bins/)
    t.equal(await tab.locator('#state').innerText(), 'live')

    show(page, [spectrumPacket([{ bin: 100, level: -60 }], { name: 'rx' })])
    await panel.locator('[data-level="-60.000"]').waitFor()
    t.same(await readPeaks(tab, 'rx', 1), [{ frequency: frequencyOf(100), level: -60, held: -20 }])
    await tab.getByRole('button', { name: 'Clear' }).click()
    show(page, [spectrumPacket([{ bin: 100, level: -55 }], { name: 'rx' })])
    await panel.locator('[data-held="-55.000"]').waitFor()
    t.same(complaints, [])
    await tab.close()
  })

  t.test('the waterfall has the colour of each level at the place of its frequency', async t => {
    const { page } = await servePage(t)
    show(page, [spectrumPacket(LINES)])
    const { page: tab, complaints } = await openPage(browser, page.url)
    await readPeaks(tab, 'spectrum', 2)
    const [top, range] = await Promise.all(['#top', '#range'].map(id => tab.locator(id).inputValue()))
    const [to, from] = [Number(top), Number(top) - Number(range)]
    const colorOf = (level: number) => hex(COLOR_MAP[shadeOf(level, from, to)] ?? [0, 0, 0])
    const row = await readWaterfall(tab, 'spectrum')
    const placeOf = (bin: number) => Math.floor(((bin + 0.5) / BINS) * row.length)
    t.equal(row[placeOf(100)], colorOf(-20))
    t.equal(row[placeOf(400)], colorOf(-45.5))
    for (const bin of [50, 97, 103, 250, 397, 403, 500]) t.equal(row[placeOf(bin)], colorOf(FLOOR), `bin ${bin}`)

    await tab.locator('#top').fill('-10')
    await tab.locator('#range').fill('20')
    await tab.locator('#range').press('Enter')
    const retuned = await eventually(
      () => readWaterfall(tab, 'spectrum'),
      row => row[placeOf(250)] === hex(COLOR_MAP[0] ?? [0, 0, 0]),
    )
    t.equal(retuned[placeOf(100)], hex(COLOR_MAP[shadeOf(-20, -30, -10)] ?? [0, 0, 0]))
    t.same(complaints, [])
    await tab.close()
  })

  t.test('several inputs stand side by side where there is room, in their order, on the same levels', async t => {
    const { page } = await servePage(t, '127.0.0.1:0', { inputs: ['a', 'b'] })
    show(page, [spectrumPacket([{ bin: 10, level: -30 }])], 'b')
    show(page, [spectrumPacket([{ bin: 500, level: -60 }], { name: 'rx' })], 'a')
    const { page: tab, complaints } = await openPage(browser, page.url, { width: 1300 })
    t.equal((await readPeaks(tab, 'b', 1))[0]?.frequency, frequencyOf(10))
    t.equal((await readPeaks(tab, 'a · rx', 1))[0]?.frequency, frequencyOf(500))
    const boxes = () => Promise.all(['a · rx', 'b'].map(name => tab.getByRole('region', { name }).boundingBox()))
    const [a, b] = await boxes()
    t.equal(a?.y, b?.y)
    t.ok((a?.x ?? 0) + (a?.width ?? 0) < (b?.x ?? 0), 'a on the left of b')

    await tab.setViewportSize({ width: 400, height: 800 })
    const [upper, lower] = await eventually(boxes, ([a, b]) => a?.x === b?.x)
    t.ok((upper?.y ?? 0) + (upper?.height ?? 0) < (lower?.y ?? 0), 'a above b')
    t.ok((upper?.width ?? 0) <= 400)
    t.equal(await tab.evaluate('document.documentElement.scrollWidth'), 400, 'nothing sticks out')
    const row = await eventually(
      () => readWaterfall(tab, 'b'),
      row => row.length < 400,
    )
    t.not(row[Math.floor((10.5 / BINS) * row.length)], row[Math.floor(row.length / 2)], 'drawn anew in its new size')
    t.same(complaints, [])
    await tab.close()
  })

  t.test('the cursor reads frequencies and levels, by the mouse and by the keys', async t => {
    const { page } = await servePage(t)
    show(page, [spectrumPacket(LINES)])
    const { page: tab, complaints } = await openPage(browser, page.url)
    await readPeaks(tab, 'spectrum', 2)
    const cursor = tab.locator('output')
    const canvas = tab.getByRole('img', { name: 'Waterfall of spectrum' })
    const width = (await canvas.boundingBox())?.width ?? 0
    await canvas.hover({ position: { x: ((400 + 0.5) / BINS) * width, y: 0.5 } })
    await eventually(
      () => cursor.innerText(),
      text => /^98\.300 MHz {2}−45\.5 dBm {2}\d+\.\d s ago$/.test(text),
    )
    await tab.mouse.move(0, 0)
    await tab.getByRole('group', { name: /^Spectrum of spectrum/ }).press('ArrowRight')
    await eventually(
      () => cursor.innerText(),
      text => text === '97.702 MHz  −90.0 dBm  max −90.0 dBm',
    )
    await tab.getByRole('group', { name: /^Spectrum of spectrum/ }).press('ArrowLeft')
    await eventually(
      () => cursor.innerText(),
      text => text === '97.700 MHz  −20.0 dBm  max −20.0 dBm',
    )
    t.same(complaints, [])
    await tab.close()
  })

  t.test('while it is held the picture stands; then comes the greatest of all that came', async t => {
    const { page } = await servePage(t)
    show(page, [spectrumPacket(LINES)])
    const { page: tab, complaints } = await openPage(browser, page.url)
    await readPeaks(tab, 'spectrum', 2)
    await tab.keyboard.press('p')
    t.equal(await tab.getByRole('button', { name: 'Pause' }).getAttribute('aria-pressed'), 'true')
    t.equal(await tab.locator('#state').innerText(), 'paused')
    for (const level of [-40, -35, -62]) show(page, [spectrumPacket([{ bin: 200, level }])])
    t.equal((await readPeaks(tab, 'spectrum', 2))[0]?.level, -20)
    await tab.keyboard.press('p')
    const [peak] = await eventually(
      () => readPeaks(tab, 'spectrum', 1),
      ([peak]) => peak?.frequency === frequencyOf(200) && peak.level === -62,
    )
    t.equal(peak?.held, -35, 'a level between two pictures is not lost')
    t.same(complaints, [])
    await tab.close()
  })

  t.test(
    'what is held takes every spectrum into account, also while the page is paused, and while its tab is frozen',
    async t => {
      const { page } = await servePage(t)
      show(page, [spectrumPacket(LINES)])
      const { page: tab, complaints } = await openPage(browser, page.url)
      await readPeaks(tab, 'spectrum', 2)
      const flat = spectrumPacket([])
      const heldAt = async (bins: readonly number[]) => {
        show(page, [spectrumPacket(bins.map(bin => ({ bin, level: -70 })))])
        const peaks = await eventually(
          () => readPeaks(tab, 'spectrum', bins.length),
          peaks => bins.every(bin => peaks.some(peak => peak.frequency === frequencyOf(bin) && peak.level === -70)),
        )
        return [...peaks].sort((a, b) => a.frequency - b.frequency).map(({ held }) => held)
      }
      await tab.keyboard.press('p')
      for (const bin of [10, 20, 30]) show(page, [spectrumPacket([{ bin, level: -bin }]), flat])
      await tab.keyboard.press('p')
      t.same(await heldAt([10, 20, 30, 100]), [-10, -20, -30, -20])

      const session = await tab.context().newCDPSession(tab)
      await session.send('Page.setWebLifecycleState', { state: 'frozen' })
      for (const bin of [40, 50, 60]) show(page, [spectrumPacket([{ bin, level: -bin }]), flat])
      await session.send('Page.setWebLifecycleState', { state: 'active' })
      t.same(await heldAt([40, 50, 60, 400]), [-40, -50, -60, -45.5])
      t.same(complaints, [])
      await tab.close()
    },
  )

  t.test('a page comes back by itself to a command that is started anew, and says how it stands', async t => {
    const { page: first } = await servePage(t)
    show(first, [spectrumPacket(LINES)])
    const { page: tab, complaints } = await openPage(browser, first.url)
    await readPeaks(tab, 'spectrum', 2)
    const state = tab.locator('#state')
    first.end('the input has ended')
    await eventually(
      () => state.innerText(),
      text => /^ended at .*: the input has ended$/.test(text),
    )
    await first.close()
    t.equal((await readPeaks(tab, 'spectrum', 2))[0]?.level, -20, 'the last state stays')

    const second = await servePage(t, new URL(first.url).host)
    show(second.page, [spectrumPacket([{ bin: 300, level: -33 }], { name: 'new' })])
    t.same(await readPeaks(tab, 'new', 1), [{ frequency: frequencyOf(300), level: -33, held: -33 }])
    t.equal(await tab.getByRole('region').count(), 1, 'nothing is left of the run before')
    t.equal(await state.innerText(), 'live')

    await second.page.close()
    await eventually(
      () => state.innerText(),
      text => text === 'connection lost, trying again',
    )
    t.equal(complaints.filter(text => !text.includes('WebSocket')).length, 0, complaints.join('\n'))
    await tab.close()
  })

  t.test('who closes the page is no viewer any more', async t => {
    const { page } = await servePage(t)
    t.equal(page.demand.wanted, false)
    const { page: tab } = await openPage(browser, page.url)
    await eventually(
      async () => page.demand.wanted,
      wanted => wanted,
    )
    await tab.close()
    await eventually(
      async () => page.demand.wanted,
      wanted => !wanted,
    )
    t.equal(page.demand.wanted, false)
  })

  t.test('a page begins with the frequencies, the levels and the title that the command asks for', async t => {
    const span = { from: frequencyOf(90), to: frequencyOf(110) }
    const view = { peaks: 1, above: 10, span, levels: { from: -70, to: -10 } }
    const { page } = await servePage(t, '127.0.0.1:0', { title: 'roof', view })
    show(page, [spectrumPacket(LINES)])
    const { page: tab, complaints } = await openPage(browser, page.url)
    t.equal((await readPeaks(tab, 'spectrum', 1)).length, 1)
    t.equal(await tab.title(), 'roof')
    t.same(await Promise.all(['#top', '#range'].map(id => tab.locator(id).inputValue())), ['-10', '60'])
    const row = await readWaterfall(tab, 'spectrum')
    t.equal(
      row[Math.floor(row.length / 2)],
      hex(COLOR_MAP[shadeOf(-20, -70, -10)] ?? [0, 0, 0]),
      'bin 100 in the middle',
    )
    await tab.getByRole('group', { name: /^Spectrum of spectrum/ }).press('Home')
    const whole = await eventually(
      () => readWaterfall(tab, 'spectrum'),
      row => row[Math.floor(row.length / 2)] === hex(COLOR_MAP[0] ?? [0, 0, 0]),
    )
    t.equal(whole[Math.floor((100.5 / BINS) * whole.length)], hex(COLOR_MAP[shadeOf(-20, -70, -10)] ?? [0, 0, 0]))
    t.same(complaints, [])
    await tab.close()
  })

  t.test('another theme changes the colours, and the frequencies that are shown stay', async t => {
    const { page } = await servePage(t)
    show(page, [spectrumPacket(LINES)])
    const { page: tab, complaints } = await openPage(browser, page.url)
    await readPeaks(tab, 'spectrum', 2)
    const plot = tab.locator('.u-over')
    const { x = 0, y = 0, width = 0 } = (await plot.boundingBox()) ?? {}
    const xOf = (bin: number) => x + ((bin + 0.5) / BINS) * width
    await tab.mouse.move(xOf(380), y + 20)
    await tab.mouse.down()
    await tab.mouse.move(xOf(420), y + 60, { steps: 4 })
    await tab.mouse.up()
    const isZoomed = (row: readonly string[]) => new Set(row.slice(row.length * 0.45, row.length * 0.55)).size > 1
    await eventually(() => readWaterfall(tab, 'spectrum'), isZoomed)
    const curve = () =>
      tab.locator('.uplot canvas').evaluate(
        (canvas, color) => {
          const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
          let count = 0
          for (let at = 0; at < data.length; at += 4) if (color.every((part, k) => data[at + k] === part)) count++
          return count
        },
        [0x46, 0xc8, 0xf5],
      )
    t.equal(await curve(), 0)
    await tab.emulateMedia({ colorScheme: 'dark' })
    await eventually(curve, count => count > 10)
    await tab.getByRole('button', { name: 'Theme: auto' }).click()
    await eventually(curve, count => count === 0)
    t.ok(isZoomed(await readWaterfall(tab, 'spectrum')))
    await tab.getByRole('group', { name: /^Spectrum of spectrum/ }).press('Home')
    await eventually(
      () => readWaterfall(tab, 'spectrum'),
      row => !isZoomed(row),
    )
    t.same(complaints, [])
    await tab.close()
  })

  t.test('dark where the system is, light where it was chosen, also after it was loaded again', async t => {
    const { page } = await servePage(t)
    const { page: tab, complaints } = await openPage(browser, page.url, { colorScheme: 'dark' })
    const ground = () => tab.evaluate('getComputedStyle(document.body).backgroundColor')
    t.equal(await ground(), 'rgb(11, 14, 19)')
    await tab.getByRole('button', { name: 'Theme: auto' }).click()
    t.equal(await ground(), 'rgb(244, 246, 248)')
    await tab.reload()
    t.equal(await tab.getByRole('button', { name: /Theme/ }).innerText(), 'Theme: light')
    t.equal(await ground(), 'rgb(244, 246, 248)')
    t.same(complaints, [])
    await tab.close()
  })
})
