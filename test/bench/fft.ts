// Spectra of complex float32 samples: window, transform, decibels.

import { closeSync, existsSync, openSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { randomStream } from '../../src/random.ts'
import type { Bench, Case, Settings, Side } from './harness.ts'
import { timed } from './harness.ts'
import { compiled, folder, ours, peer, peerPath, quote, shell } from './machine.ts'

const MIB = 2 ** 20
const SAMPLE = 8
const FFTW = ['cc', 'fftw3.h']
const fftw = () => quote(compiled('fft', '-O3', '-march=native', '-ffast-math', '-lfftw3f', '-lm'))

/** A command for a size, from stdin to stdout. */
interface Program {
  readonly name: string
  readonly needs: readonly string[]
  command(size: number): string
}

const PROGRAMS: readonly Program[] = [
  { name: 'C with FFTW3f', needs: FFTW, command: size => `${fftw()} ${size}` },
  { name: 'scipy', needs: ['python3', 'scipy'], command: size => peer('fft.py', `scipy ${size}`) },
  { name: 'numpy', needs: ['python3', 'numpy'], command: size => peer('fft.py', `numpy ${size}`) },
  {
    name: 'fft',
    needs: ['fft'],
    command: size =>
      ours('fft', `-q --from raw --dtype complex64 --size ${size} --normalize none --order transform --to raw`),
  },
]

export const fft: Bench = {
  name: 'fft',
  summary: 'windowed transform of complex samples to decibels, 1 GiB: fft against C with FFTW3f, scipy, numpy',
  async cases({ scale }: Settings): Promise<readonly Case[]> {
    const bytes = Math.max(1, Math.round(1024 * scale)) * MIB
    const path = samplesFile(bytes)
    const full = { path, samples: bytes / SAMPLE }
    const few = { path, samples: Math.min(bytes, 256 * MIB) / SAMPLE }
    return [
      ...[1024, 4096].map(size => filters(`N = ${size}, file to /dev/null`, size, full)),
      ...[1024, 4096].map(size => filters(`N = ${size}, file to /dev/null, 256 MiB, start included`, size, few)),
      pipes('N = 1024, pipe to pipe', 1024, full),
      ...[1024, 4096].map(inMemory),
    ]
  },
}

interface Input {
  readonly path: string
  readonly samples: number
}

const THREADED: Program = {
  name: 'fft --threads 2',
  needs: ['fft'],
  command: size => `${PROGRAMS.at(-1)?.command(size)} --threads 2`,
}

const BARS = [{ side: 'fft', factor: 1, than: 'C with FFTW3f' }]
const IN_MSAMPLES = { unit: 'Msamples/s', better: 'more', bars: BARS } as const

function filters(title: string, size: number, { path, samples }: Input): Case {
  const part = join(folder, `samples-${samples * SAMPLE}`)
  if (!existsSync(part)) throw new Error(`${part} was not made from ${path}`)
  const sides = [...PROGRAMS, THREADED].map(
    ({ name, needs, command }): Side => ({
      name,
      needs,
      run: () => timed(`${command(size)} <${part} >/dev/null`, samples / 1e6),
      answer: () => peaks(`head -c ${64 * size * SAMPLE} ${part} | ${command(size)}`, size),
    }),
  )
  const bars = [...BARS, { side: THREADED.name, factor: 1.5, than: 'C with FFTW3f' }]
  return { ...IN_MSAMPLES, bars, title, sides }
}

function pipes(title: string, size: number, { path, samples }: Input): Case {
  const cat = { name: 'cat', needs: ['cat'], run: () => timed(`cat ${path} | cat | cat >/dev/null`, samples / 1e6) }
  const sides = PROGRAMS.map(
    ({ name, needs, command }): Side => ({
      name,
      needs,
      run: () => timed(`cat ${path} | ${command(size)} | cat >/dev/null`, samples / 1e6),
    }),
  )
  return { ...IN_MSAMPLES, title, sides: [cat, ...sides] }
}

/** No start, no reading, no writing. */
function inMemory(size: number): Case {
  const said = async (command: string) => ({ value: Number(await shell(command)) })
  const kernel = `${quote(process.execPath)} --import tsx ${quote(peerPath('fft.ts'))} ${size}`
  const sides = [
    { name: 'C with FFTW3f', needs: FFTW, run: () => said(`${fftw()} ${size} memory`) },
    { name: 'fft', needs: [], run: () => said(kernel) },
  ]
  return { ...IN_MSAMPLES, title: `N = ${size}, in memory, one thread`, sides }
}

/** Of each spectrum the greatest bin and its level to a tenth of a decibel. */
async function peaks(command: string, size: number): Promise<string> {
  const bytes = Buffer.from(await shell(`${command} | base64 -w0`), 'base64')
  const rows = Array.from({ length: bytes.length / 4 / size }, (_, row) =>
    Array.from({ length: size }, (_, bin) => bytes.readFloatLE((row * size + bin) * 4)),
  )
  return rows.map(row => `${row.indexOf(Math.max(...row))} ${Math.max(...row).toFixed(1)}`).join('\n')
}

/** A tone in noise, a mebibyte repeated; and the first 256 MiB of it. */
function samplesFile(bytes: number): string {
  const random = randomStream('1', 'samples')
  const numbers = Float32Array.from({ length: MIB / 4 }, (_, at) => {
    const angle = 2 * Math.PI * 0.1037 * (at >> 1)
    return (at % 2 === 0 ? Math.cos(angle) : Math.sin(angle)) + 0.1 * random.gaussian()
  })
  for (const length of [bytes, Math.min(bytes, 256 * MIB)]) {
    const path = join(folder, `samples-${length}`)
    if (existsSync(path)) continue
    const file = openSync(`${path}.part`, 'w')
    for (let written = 0; written < length; written += MIB) writeSync(file, new Uint8Array(numbers.buffer))
    closeSync(file)
    renameSync(`${path}.part`, path)
  }
  return join(folder, `samples-${bytes}`)
}
