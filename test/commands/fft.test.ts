// fft at the process boundary.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { commandFolder, runLine } from '../support/cases.ts'
import { start } from '../support/process.ts'

const folder = t.testdir()
const commands = commandFolder(folder)
const run = (line: string, input?: Uint8Array) => runLine(line, commands, { folder, ...(input && { input }) })

const lines = (text: Buffer) =>
  text
    .toString()
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))

t.test('two tones of a receiver at their frequencies and levels', async t => {
  const source =
    "sensor-sim -n 4 --seed 1 --speed max --sensor probe='iq?tones=100k:-20,-300k:-40&center=98M&noise=none'"
  const { code, stdout, stderr } = await run(`${source} | fft -s 1000 -w flattop --average 4 --to ndjson --data array`)
  t.equal(code, 0)
  const [first] = lines(stdout)
  t.match(first, { frequency_start: 97.5e6, frequency_step: 1000, unit: 'dBFS', averages: 4, window: 'flattop' })
  const level = (frequency: number) => first.data[(frequency - 97.5e6) / 1000]
  t.ok(Math.abs(level(98.1e6) + 20) < 0.01, `${level(98.1e6)}`)
  t.ok(Math.abs(level(97.7e6) + 40) < 0.01, `${level(97.7e6)}`)
  t.ok(level(98.3e6) < -100)
  t.match(stderr, /^fft: left away: 384 samples that filled no block/)
})

t.test('a file in any cut, piped or named, gives the same bytes', async t => {
  writeFileSync(join(folder, 'a.iq'), Buffer.from(Array.from({ length: 400_000 }, (_, at) => (at * 7919) % 251)))
  const options = '--dtype cu8 -s 512 --overlap 50% --to raw'
  const [named, piped, chunked, threaded, slow] = await Promise.all([
    run(`fft -q ${options} a.iq`),
    run(`cat a.iq | fft -q --from raw ${options}`),
    run(`fft -q ${options} --chunk 1000 a.iq`),
    run(`fft -q ${options} --threads 2 a.iq`),
    run(`dd if=a.iq bs=777 status=none | fft -q --from raw ${options}`),
  ])
  t.equal(named.stdout.length, Math.floor((200_000 - 512) / 256 + 1) * 512 * 4)
  for (const { code, stdout } of [piped, chunked, threaded, slow]) {
    t.equal(code, 0)
    t.ok(stdout.equals(named.stdout))
  }
})

t.test('a stdin that cannot be read is named', async t => {
  const { code, stderr } = await run('fft --from raw --dtype complex64 < .')
  t.equal(code, 1)
  t.match(stderr, /^fft: stdin: is a directory/)
})

t.test('what is left away is told after a timeout, too', async t => {
  const line = 'fft --from raw --dtype complex64 -s 512 --to raw --idle-timeout 500ms'
  const { code, stdout, stderr } = await run(`{ head -c 8000 /dev/zero; sleep 3; } | ${line}`)
  t.equal(code, 124)
  t.equal(stdout.length, 512 * 4)
  t.match(stderr, /left away: 488 samples/)
})

t.test('blocks of two files at once are each of one of them', async t => {
  for (const [name, level] of [
    ['ones.cf32', 1],
    ['twos.cf32', 2],
  ] as const)
    writeFileSync(
      join(folder, name),
      Float32Array.from({ length: 400_000 }, (_, at) => (at % 2 === 0 ? level : 0)),
    )
  const line = 'fft --from raw --dtype complex64 -s 1000 -w rectangular --scale power --to ndjson --data array'
  const { stdout, stderr } = await run(`${line} -i ones.cf32 -i twos.cf32`)
  const spectra = lines(stdout)
  t.equal(spectra.length, 400)
  t.ok(spectra.every(({ data }) => data.every((power: number, bin: number) => bin === 500 || power < 1e-6)))
  t.ok(spectra.every(({ seq }, at) => seq === at))
  t.equal(stderr, '')
})

t.test('samples that are read where they are transformed: cuts within them make no difference', async t => {
  const samples = Float32Array.from({ length: 600_001 }, (_, at) => Math.sin(at * at * 1e-6))
  writeFileSync(join(folder, 'cut.cf32'), samples.subarray(0, 600_000))
  for (const options of ['-s 1024', '-s 65536 --overlap 30%', '-s 4096 --remove-dc']) {
    const line = `fft -q --from raw --dtype complex64 --to raw ${options}`
    const [named, piped, cut] = await Promise.all([
      run(`${line} cut.cf32`),
      run(`cat cut.cf32 | ${line}`),
      run(`dd if=cut.cf32 bs=7777 status=none | ${line} | { read -N 0 -t 0.1; cat; }`),
    ])
    t.ok(piped.stdout.equals(named.stdout), options)
    t.ok(cut.stdout.equals(named.stdout), options)
    t.ok(named.stdout.length > 0)
  }
})

t.test('what is counted are spectra, however their samples came', async t => {
  writeFileSync(join(folder, 'b.iq'), Buffer.alloc(100_000))
  const options = '-q --from raw --dtype cu8 -s 512 -n 3'
  for (const input of [`fft ${options} b.iq`, `dd if=b.iq bs=777 status=none | fft ${options}`]) {
    const [raw, json] = await Promise.all([run(`${input} --to raw`), run(`${input} --to ndjson`)])
    t.equal(raw.stdout.length, 3 * 512 * 4)
    t.same(
      lines(json.stdout).map(({ seq }) => seq),
      [0, 1, 2],
    )
  }
})

t.test('a second thread makes no difference', async t => {
  const samples = Float32Array.from({ length: 2_000_003 }, (_, at) => Math.sin(at * at * 1e-6))
  writeFileSync(join(folder, 'long.cf32'), samples.slice(0, 2_000_000))
  for (const options of ['-s 1024', '-s 256 --overlap 30% --pad', '-s 65536 --average 3', '-s 64 --remove-dc']) {
    for (const dtype of ['complex64', 'float32', 'int16']) {
      const line = `fft -q --from raw --dtype ${dtype} --to raw ${options} long.cf32`
      const [one, two] = [await run(line), await run(`${line} --threads 2`)]
      t.equal(two.code, 0)
      t.ok(one.stdout.equals(two.stdout), `${options} ${dtype}`)
      t.ok(one.stdout.length > 0)
    }
  }
})

/** What is said but for how many packets there were: as many as were read together. */
const toldOf = (stderr = '') => stderr.replace(/\d+ (in|out)/g, '')

/** What is no number has many forms, and which of them comes is left open. */
function sameNumbers(one: Buffer, two: Buffer): boolean {
  const [a, b] = [one, two].map(
    ({ buffer, byteOffset, length }) => new Float32Array(buffer.slice(byteOffset, byteOffset + length)),
  )
  return a?.length === b?.length && a?.every((number, at) => Object.is(number, b?.[at])) === true
}

t.test('nor with samples that are no numbers, nor in what is counted, left away or made up with zeros', async t => {
  const samples = Float32Array.from({ length: 6_000_001 }, (_, at) => Math.sin(at * at * 1e-6))
  for (const [at, value] of [
    [0, Number.NaN],
    [100_000, Number.POSITIVE_INFINITY],
    [1_000_000, 3e38],
    [1_000_003, Number.NaN],
    [3_000_000, Number.NaN],
    [5_999_000, 1e30],
  ] as const)
    samples[at] = value
  writeFileSync(join(folder, 'holes.cf32'), samples)
  const line = 'fft --from raw --sample-rate 1k --to raw --dtype'
  for (const options of [
    'float32',
    'float32 -s 16 --scale psd --pad',
    'complex64 --order transform',
    'complex64 -s 32768 --average 2',
    'complex64 --scale complex',
  ]) {
    const [one, two] = await Promise.all(['', '--threads 2'].map(more => run(`${line} ${options} ${more} <holes.cf32`)))
    // 24,000,004 bytes are no whole number of complex samples.
    t.equal(one?.code, options.startsWith('complex64') ? 3 : 0)
    t.equal(two?.code, one?.code)
    t.equal(toldOf(two?.stderr), toldOf(one?.stderr))
    t.ok(one && two && sameNumbers(one.stdout, two.stdout), options)
  }
})

t.test('nor in what the packets tell', async t => {
  const samples = Float32Array.from({ length: 4_000_000 }, (_, at) => Math.sin(at * at * 1e-6))
  writeFileSync(join(folder, 'told.cf32'), samples)
  const line = 'fft -q --from raw --dtype complex64 --sample-rate 1k -s 4096 --to ndjson <told.cf32'
  const [one, two] = await Promise.all([run(line), run(`${line} --threads 2`)])
  t.equal(lines(one.stdout).at(-1).seq, 487)
  t.ok(one.stdout.equals(two.stdout))
})

t.test('whoever shares a file as stdin goes on behind it, also after two threads', async t => {
  writeFileSync(join(folder, 'shared.cf32'), Buffer.alloc(9_000_000, 'bytes'))
  const line = 'fft -q --from raw --dtype complex64 --to raw'
  for (const threads of [1, 2]) {
    const { stdout } = await run(
      `{ head -c 8000 | wc -c; ${line} --threads ${threads} | wc -c; cat | wc -c; } <shared.cf32`,
    )
    const blocks = Math.floor((9_000_000 - 8000) / 8192)
    t.same(String(stdout).split('\n').map(Number), [8000, blocks * 4096, 0, 0], `${threads}`)
  }
})

t.test('there and back again', async t => {
  const samples = Buffer.from(Float32Array.from({ length: 4096 }, (_, at) => Math.sin(at)).buffer)
  const { stdout } = await run(
    'fft --from raw --dtype complex64 -w rectangular --scale complex | fft --inverse --to raw',
    samples,
  )
  const back = new Float32Array(stdout.buffer, stdout.byteOffset, stdout.length / 4)
  t.equal(back.length, 4096)
  t.ok(back.every((value, at) => Math.abs(value - Math.sin(at)) < 1e-5))
})

t.test('what cannot be is said before anything is read', async t => {
  for (const [options, message] of [
    ['--size 0', /--size 0: expected 1/],
    ['--threads 3', /--threads 3: expected 1 or 2/],
    ['--rows 0', /--rows 0: expected 1/],
    ['--overlap 1', /--overlap 1: expected less/],
    ['--window foo', /unknown window 'foo'/],
    ['--averaging median', /averaging 'median': expected how many/],
    ['--average 0', /an average of 0/],
    ['--scale complex --average 2', /--scale complex: powers are averaged/],
    ['--full-scale 0', /--full-scale 0: expected above 0/],
  ] as const) {
    const { code, stderr } = await run(`fft ${options}`)
    t.equal(code, 2, options)
    t.match(stderr, message)
  }
})

t.test('a spectrum comes as soon as its block is full', async t => {
  const { child, printed, ended } = start(t, 'fft -s 2 --to ndjson --data array')
  child.stdin.write('{"value":1}\n{"value":2}\n')
  t.match(JSON.parse(await printed('\n')), { fft_size: 2, dtype: 'float64' })
  child.stdin.end()
  t.match(await ended, { code: 0 })
})
