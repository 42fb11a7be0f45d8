// The live page: what it costs the command to show spectra to a viewer, at the screen's rate and far above it.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { WebSocket } from 'ws'
import { frameEncoder } from '../../src/codec/frame-writer.ts'
import { packet } from '../../src/packet.ts'
import { DRAWN, readFrames } from '../../src/page/message.ts'
import { randomStream } from '../../src/random.ts'
import type { Bench, Case, Run, Settings, Side } from './harness.ts'
import { environment, ourWords } from './machine.ts'

const BINS = 4096
const SCREEN = 60
const SECONDS = 10
/** Clock ticks a second, in which Linux counts the time of a process. */
const TICKS = 100

export const spectrum: Bench = {
  name: 'spectrum',
  summary: `spectrum --serve: share of a core while spectra of ${BINS} bins are shown`,
  async cases({ scale }: Settings): Promise<readonly Case[]> {
    const seconds = Math.max(2, SECONDS * scale)
    return [
      shares(`${SCREEN} spectra a second`, seconds, { rate: SCREEN, most: 10 }),
      shares(`${10 * SCREEN} spectra a second`, seconds, { rate: 10 * SCREEN, most: undefined }),
      shares(`${50 * SCREEN} spectra a second`, seconds, { rate: 50 * SCREEN, most: undefined }),
    ]
  },
}

function shares(
  title: string,
  seconds: number,
  feed: { readonly rate: number; readonly most: number | undefined },
): Case {
  const sides = [0, 1, 4].map(
    (viewers): Side => ({
      name: viewers === 1 ? '1 viewer' : `${viewers} viewers`,
      needs: ['spectrum'],
      run: () => share(seconds, feed.rate, viewers),
    }),
  )
  const bars = feed.most === undefined ? [] : [{ side: '1 viewer', factor: feed.most }]
  return { title: `${title}, of ${BINS} bins`, unit: '% of a core', better: 'less', sides, bars }
}

/** Noise with a line that moves; the seed is the same each time. */
function framesToSend(): readonly Uint8Array[] {
  const random = randomStream('1', 'spectra')
  const encoder = frameEncoder({ reject() {} })
  return Array.from({ length: 32 }, (_, at) => {
    const levels = Float32Array.from({ length: BINS }, () => -100 + 5 * random.gaussian())
    levels[at * 100] = -20
    const meta = {
      name: 'rx',
      dtype: 'float32',
      shape: [BINS],
      sample_rate: 2.4e6,
      frequency_start: 96.8e6,
      frequency_step: 2.4e6 / BINS,
      scale: 'db',
      unit: 'dBm',
      fft_size: BINS,
      window: 'hann',
      enbw: 1.5,
      seq: at,
    }
    return Buffer.concat(encoder.push([packet(meta, new Uint8Array(levels.buffer))]))
  })
}

/** Processor time of the command alone, in percent of the time that passed; the value's other half is what was drawn. */
async function share(seconds: number, rate: number, viewers: number): Promise<Run> {
  const [node = '', ...words] = ourWords('spectrum', '--serve', '127.0.0.1:0', '-o', 'null:')
  const child = spawn(node, words, { env: environment, stdio: ['pipe', 'ignore', 'pipe'] })
  try {
    child.stderr.setEncoding('utf8')
    const [said] = await once(child.stderr, 'data')
    const url = /http:\S+/.exec(String(said))?.[0] ?? ''
    const looking = await Promise.all(Array.from({ length: viewers }, () => look(url)))
    const frames = framesToSend()
    let sent = 0
    const feeding = performance.now()
    const feeder = setInterval(() => {
      const due = ((performance.now() - feeding) / 1000) * rate
      while (sent < due) child.stdin.write(frames[sent++ % frames.length] ?? '')
    }, 1000 / SCREEN)
    await passed(1)
    const [before, from, drawn] = [ticksOf(child.pid ?? 0), performance.now(), pictures(looking)]
    await passed(seconds)
    const [ticks, took] = [ticksOf(child.pid ?? 0) - before, (performance.now() - from) / 1000]
    clearInterval(feeder)
    const perViewer = (pictures(looking) - drawn) / took / Math.max(1, viewers)
    if (viewers > 0 && perViewer < SCREEN / 3) throw new Error(`only ${perViewer.toFixed(0)} pictures a second`)
    for (const { socket } of looking) socket.terminate()
    return { value: (100 * ticks) / TICKS / took, cpu: ticks / TICKS }
  } finally {
    child.kill()
    await once(child, 'close')
  }
}

interface Looking {
  readonly socket: WebSocket
  count: number
}

/** As a browser does it: what has come is taken apart and drawn with the next picture of the screen. */
async function look(url: string): Promise<Looking> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/live`)
  const looking: Looking = { socket, count: 0 }
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    if (!isBinary) return
    for (const { levels } of readFrames(Uint8Array.from(data).buffer)) if (!levels.latest) throw new Error('no levels')
    const wait = 1000 / SCREEN - (performance.now() % (1000 / SCREEN))
    setTimeout(() => {
      looking.count++
      socket.send(DRAWN)
    }, wait)
  })
  await once(socket, 'open')
  return looking
}

function pictures(looking: readonly Looking[]): number {
  return looking.reduce((sum, { count }) => sum + count, 0)
}

function ticksOf(pid: number): number {
  const [user, system] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ').slice(11, 13) ?? []
  return Number(user) + Number(system)
}

function passed(seconds: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, seconds * 1000))
}
