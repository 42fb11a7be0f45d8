// Tones and noise at the levels they are said to have.

import t from 'tap'
import { decimated, MODES, type ReceiverMode } from '../../src/instrument/receiver-mode.ts'
import { Signal } from '../../src/instrument/signal.ts'
import { randomStream } from '../../src/random.ts'

const random = () => randomStream('1', 'test')
const mode = (name: string): ReceiverMode => {
  const found = MODES.find(mode => mode.name === name)
  if (!found) throw new Error(name)
  return found
}
const ZIF = mode('ZIF')

/** The level of one frequency among complex samples, in dB of full scale: a sum over whole cycles. */
function levelAt(bytes: Buffer, cycles: number): number {
  const samples = bytes.length / 4
  let [real, imaginary] = [0, 0]
  for (let n = 0; n < samples; n++) {
    const angle = -2 * Math.PI * cycles * n
    const [i, q] = [bytes.readInt16BE(4 * n) / 8192, bytes.readInt16BE(4 * n + 2) / 8192]
    real += i * Math.cos(angle) - q * Math.sin(angle)
    imaginary += i * Math.sin(angle) + q * Math.cos(angle)
  }
  return 20 * Math.log10(Math.hypot(real, imaginary) / samples)
}

t.test('a tone has its frequency and its level, wherever the packet begins', async t => {
  const frequency = 2.4e9 + (125e6 * 10) / 1024
  const signal = new Signal({ tones: [{ frequency, level: -30 }], noise: undefined, random: random() })
  const hearing = { mode: ZIF, frequency: 2.4e9, referenceLevel: -10 }
  for (const first of [0, 5, 123456789]) {
    const { bytes } = signal.hear(first, 1024, hearing)
    t.ok(Math.abs(levelAt(bytes, 10 / 1024) - -20) < 0.01, `from ${first}`)
    t.ok(levelAt(bytes, 11 / 1024) < -90)
  }
  const whole = signal.hear(0, 2048, hearing).bytes
  const parts = Buffer.concat([signal.hear(0, 1024, hearing).bytes, signal.hear(1024, 1024, hearing).bytes])
  const off = whole.findIndex((byte, at) => byte !== parts[at])
  t.ok(off < 0 || Math.abs(whole.readInt16BE(off & ~1) - parts.readInt16BE(off & ~1)) <= 1, 'phases go on')
})

t.test('outside of the band there is nothing', async t => {
  const signal = new Signal({ tones: [{ frequency: 2.5e9, level: 0 }], noise: undefined, random: random() })
  const { bytes } = signal.hear(0, 256, { mode: ZIF, frequency: 2.4e9, referenceLevel: 0 })
  t.ok(bytes.every(byte => byte === 0))
})

t.test('noise has its level, all of it together', async t => {
  const signal = new Signal({ tones: [], noise: -40, random: random() })
  const { bytes } = signal.hear(0, 65504, { mode: ZIF, frequency: 2.4e9, referenceLevel: -10 })
  let power = 0
  for (let at = 0; at < bytes.length; at += 2) power += (bytes.readInt16BE(at) / 8192) ** 2
  t.ok(Math.abs(10 * Math.log10(power / 65504) - -30) < 0.2)
})

t.test('real samples: the centre lies where the mode has it', async t => {
  const SH = mode('SH')
  const signal = new Signal({ tones: [{ frequency: 2.4e9 + 5e6, level: -20 }], noise: undefined, random: random() })
  const { bytes } = signal.hear(0, 1000, { mode: SH, frequency: 2.4e9, referenceLevel: 0 })
  t.equal(bytes.length, 2000)
  let [real, imaginary] = [0, 0]
  for (let n = 0; n < 1000; n++) {
    const angle = (-2 * Math.PI * 40e6 * n) / 125e6
    real += (bytes.readInt16BE(2 * n) / 8192) * Math.cos(angle)
    imaginary += (bytes.readInt16BE(2 * n) / 8192) * Math.sin(angle)
  }
  t.ok(Math.abs(20 * Math.log10((2 * Math.hypot(real, imaginary)) / 1000) - -20) < 0.05)
  t.equal(decimated(SH, 4).complex, true)
})

t.test('24 bits', async t => {
  const HDR = mode('HDR')
  const signal = new Signal({ tones: [{ frequency: 1e6, level: -6.0206 }], noise: undefined, random: random() })
  const { bytes } = signal.hear(0, 256, { mode: HDR, frequency: 1e6, referenceLevel: 0 })
  const most = Math.max(...Array.from({ length: 256 }, (_, n) => bytes.readInt32BE(4 * n)))
  t.ok(Math.abs(most / 2 ** 23 - 0.5) < 0.01)
})

t.test('what is too large is cut off, and said', async t => {
  const tones = [{ frequency: 2.4e9, level: 3 }]
  const { bytes, overRange } = new Signal({ tones, noise: undefined, random: random() }).hear(0, 256, {
    mode: ZIF,
    frequency: 2.4e9,
    referenceLevel: 0,
  })
  t.equal(overRange, true)
  t.equal(bytes.readInt16BE(0), 8191)
})
