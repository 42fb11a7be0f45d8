// Measures which lines of src/ the whole test suite runs, in the tests' processes and in the commands they start.
//
// V8 itself counts in every process (NODE_V8_COVERAGE is inherited); the source maps that Node stores with the counts
// lead back to src/. A line of code counts as run if any process ran code on it and, where functions start on it, one
// of those functions. Lines of imports, types, comments and brackets are not counted; what a process did that ended
// by SIGKILL, or by a signal it did not catch, is not known, so the figure is a lower bound.
// `npm run coverage -- FOLDER` reads a folder of counts that exists instead of running the tests.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { decodedMappings, TraceMap } from '@jridgewell/trace-mapping'
import { transformSync } from 'esbuild'

const WANTED = 90
const WANTED_OF_A_FILE = 80
const ROOT = resolve(import.meta.dirname, '..')

/** One entry a file of src/ that has code: its lines of code, those where code ran, where functions start and ran. */
const files = new Map(
  readdirSync(join(ROOT, 'src'), { recursive: true })
    .filter(name => name.endsWith('.ts'))
    .sort()
    .map(name => [join(ROOT, 'src', name), linesOfCode(join(ROOT, 'src', name))])
    .filter(([, code]) => code.size > 0)
    .map(([path, code]) => [path, { code, ran: new Set(), starts: new Set(), started: new Set() }]),
)

/** The pieces of the scripts that were met, by address and mappings. */
const scripts = new Map()

const given = process.argv[2]
const folder = given ?? mkdtempSync(join(tmpdir(), 'coverage-'))
const status = given ? 0 : runTests(folder)
const cut = readdirSync(folder).filter(name => !addFile(join(folder, name))).length
if (!given) rmSync(folder, { recursive: true })
const percent = report()
process.exit(status || (percent < WANTED ? 1 : 0))

/** Builds with source maps and runs every test; the exit code of what failed, or 0. */
function runTests(folder) {
  const run = (name, env) =>
    spawnSync(process.execPath, [`.build/${name}.mjs`], {
      cwd: ROOT,
      stdio: 'inherit',
      env: { ...process.env, ...env },
    }).status ?? 1
  const built = run('build', { DAQ_SOURCEMAP: '1' })
  if (built) return built
  const tested = run('test', { NODE_V8_COVERAGE: folder, NODE_DISABLE_COMPILE_CACHE: '1' })
  return run('build', {}) || tested
}

/** The numbers of the lines that have code once types and comments are gone: code with a word in it, no imports. */
function linesOfCode(path) {
  const text = readFileSync(path, 'utf8')
  const { code, map } = transformSync(text, { loader: 'ts', target: 'node20', sourcemap: 'external' })
  const made = code.split('\n')
  const lines = new Set()
  for (const [index, segments] of decodedMappings(new TraceMap(map)).entries())
    for (const [at, [column, , line]] of segments.entries())
      if (/\w/.test(made[index].slice(column, segments[at + 1]?.[0]))) lines.add(line + 1)
  for (const { index, 0: words } of text.matchAll(/^(?:import|export)\b[^'"`=;(]*'[^']*'$/gm)) {
    const first = text.slice(0, index).split('\n').length
    for (let line = first; line < first + words.split('\n').length; line++) lines.delete(line)
  }
  return lines
}

/** False if the file is cut (its process was killed while it wrote, or could not): nothing of it counts. */
function addFile(path) {
  const text = readFileSync(path, 'utf8')
  try {
    addProcess(JSON.parse(text))
    return true
  } catch (error) {
    if (error instanceof SyntaxError) return false
    throw error
  }
}

/** Adds what one process, or one of its threads, ran. */
function addProcess({ result, 'source-map-cache': maps = {} }) {
  for (const { url, functions } of result) {
    const map = maps[url]
    if (!map?.data || !url.startsWith('file:')) continue
    const segments = segmentsOf(url, map)
    if (segments.length === 0) continue
    const indexOf = offset => firstAtOrAfter(segments, offset)
    // Functions come outermost first, and so do the ranges of one: the last word about a segment is the innermost's.
    const counts = new Uint8Array(segments.length)
    for (const { ranges } of functions)
      for (const { startOffset, endOffset, count } of ranges)
        counts.fill(count > 0 ? 1 : 0, indexOf(startOffset), indexOf(endOffset))
    for (const [index, { file, line }] of segments.entries()) if (counts[index]) file?.ran.add(line)
    for (const { ranges } of functions.slice(1)) {
      const [{ startOffset, endOffset, count }] = ranges
      const segment = segments[indexOf(startOffset)]
      if (!segment?.file || segment.offset >= endOffset) continue
      segment.file.starts.add(segment.line)
      if (count > 0) segment.file.started.add(segment.line)
    }
  }
}

/** The pieces of a script in order: where each starts, and its file and line in src/ (no file: it is of elsewhere). */
function segmentsOf(url, { data, lineLengths }) {
  const key = `${url} ${data.mappings}`
  const known = scripts.get(key)
  if (known) return known
  const sources = data.sources.map(source => fileOf(new URL(source, url)))
  const segments = []
  let start = 0
  for (const [index, row] of decodedMappings(new TraceMap(data)).entries()) {
    for (const [column, source, line] of row)
      segments.push({ offset: start + column, file: sources[source], line: line + 1 })
    start += (lineLengths[index] ?? 0) + 1
  }
  const kept = segments.some(({ file }) => file) ? segments : []
  scripts.set(key, kept)
  return kept
}

function fileOf(url) {
  return url.protocol === 'file:' ? files.get(fileURLToPath(url)) : undefined
}

function firstAtOrAfter(segments, offset) {
  let low = 0
  let high = segments.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (segments[middle].offset < offset) low = middle + 1
    else high = middle
  }
  return low
}

/** Prints the table a room, the total and the files with gaps; the total in percent. */
function report() {
  const rooms = new Map()
  const total = { code: 0, ran: 0 }
  const gaps = []
  for (const [path, file] of files) {
    const missed = [...file.code].filter(line => !wasRun(file, line)).sort((a, b) => a - b)
    const room = relative(ROOT, path).split('/').slice(0, -1).join('/')
    const sum = rooms.get(room) ?? { code: 0, ran: 0 }
    rooms.set(room, sum)
    for (const each of [sum, total]) {
      each.code += file.code.size
      each.ran += file.code.size - missed.length
    }
    const share = 100 - (missed.length / file.code.size) * 100
    if (share < WANTED_OF_A_FILE) gaps.push(`${row(relative(ROOT, path), share)}  lines ${ranges(file, missed)}`)
  }
  const percent = (total.ran / total.code) * 100
  const table = [...rooms, ['total', total]].map(
    ([name, { code, ran }]) => `${row(name, (ran / code) * 100)}  ${ran} of ${code} lines`,
  )
  process.stdout.write(`\nLines run\n${table.join('\n')}\n`)
  if (gaps.length > 0) process.stdout.write(`\nBelow ${WANTED_OF_A_FILE} %\n${gaps.join('\n')}\n`)
  if (cut > 0) process.stdout.write(`\nNot counted: ${cut} processes whose counts are cut off\n`)
  return percent
}

function wasRun({ ran, starts, started }, line) {
  return ran.has(line) && (!starts.has(line) || started.has(line))
}

function row(name, percent) {
  return `${name.padEnd(32)} ${percent.toFixed(1).padStart(5)} %`
}

/** Lines as ranges, over lines without code: `3-9, 12`. */
function ranges({ code }, missed) {
  const order = [...code].sort((a, b) => a - b)
  const runs = []
  for (const line of missed) {
    const last = runs.at(-1)
    if (last && order[order.indexOf(last[1]) + 1] === line) last[1] = line
    else runs.push([line, line])
  }
  return runs.map(([first, last]) => (first === last ? first : `${first}-${last}`)).join(', ')
}
