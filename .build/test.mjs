// Runs the tests, all of them or the files given, and prints TAP; on a terminal, tap's report of it.
//
// What a test file costs beside its tests is loading: of tap's 200 modules and of TypeScript, through the hooks of
// loaders. So src/ and test/ are compiled once, tap is bundled, and each file is a plain process. `tap run FILE` still
// runs one from its source.

import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { t } from 'tap'

const ROOT = resolve(import.meta.dirname, '..')
const COMPILED = join(ROOT, '.tap/compiled')
/** Where the stacks that tap prints leave it out. */
const TAP = 'node_modules/@tapjs/tap.js'
const [jobs, timeout] = ['jobs', 'timeout'].map(settingOf)

const given = process.argv.slice(2).map(file => relative(ROOT, resolve(file)))
process.chdir(ROOT)
rmSync(COMPILED, { recursive: true, force: true })
await Promise.all([compile(), bundleTap()])
runTests(given.length > 0 ? given : filesOf('test').filter(file => file.endsWith('.test.ts')))

/** A number of tap's own settings, which `tap run` obeys too. */
function settingOf(name) {
  return Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(readFileSync(join(ROOT, '.taprc'), 'utf8'))?.[1])
}

function filesOf(folder) {
  const names = readdirSync(folder, { recursive: true }).filter(name => /(?<!\.d)\.ts$/.test(name))
  return names.map(name => join(folder, name)).sort()
}

/** Each source becomes one module that differs by what it imports and by what it knows of its place. */
function compile() {
  return build({
    entryPoints: [...filesOf('src'), ...filesOf('test')],
    outbase: '.',
    outdir: COMPILED,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    treeShaking: false,
    sourcemap: true,
    sourcesContent: false,
    plugins: [{ name: 'one-by-one', setup: oneByOne }],
    logLevel: 'warning',
  })
}

function oneByOne({ onResolve, onLoad }) {
  onResolve({ filter: /./ }, ({ path, kind, importer }) => {
    if (kind === 'entry-point') return undefined
    if (path === 'tap') return { path: relative(dirname(importer), join(ROOT, TAP)), external: true }
    return { path: path.startsWith('.') ? path.replace(/\.ts$/, '.js') : path, external: true }
  })
  onLoad({ filter: /\.ts$/ }, ({ path }) => {
    const text = readFileSync(path, 'utf8')
    return { contents: text.replaceAll('import.meta.url', `'${placeOf(path)}'`), loader: 'ts' }
  })
}

/** Every module keeps its place in the tree, but Node can only start a sensor of its own from dist/. */
function placeOf(path) {
  return pathToFileURL(path.endsWith('/src/sensor/entry.ts') ? join(ROOT, 'dist/index.js') : path).href
}

function bundleTap() {
  return build({
    entryPoints: ['node_modules/tap/dist/esm/index.js'],
    outfile: join(COMPILED, TAP),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    banner: { js: "import { createRequire as __from } from 'node:module'; const require = __from(import.meta.url);" },
    logLevel: 'warning',
  })
}

function runTests(files) {
  const report = ['npx', ['tap', 'run', '--disable-coverage', '-'], { stdio: ['pipe', 1, 2] }]
  t.pipe(process.stdout.isTTY ? spawn(...report).stdin : process.stdout)
  t.register()
  t.setTimeout(0)
  t.jobs = jobs
  t.plan(files.length)
  // tap would have every process that is started, and all that those start, watched through hooks.
  const plain = ['-u', 'NODE_OPTIONS', '-u', 'NODE_EXTRA_CA_CERTS', process.execPath, '--enable-source-maps']
  const env = { ...process.env, TAP_TIMEOUT: '0', DAQ_TEST_SECONDS: String(timeout), DAQ_TEST_COMPILED: COMPILED }
  for (const file of files) {
    const words = [...plain, '.build/test-file.mjs', join(ROOT, file)]
    // A file that hangs ends itself and says where, if it can.
    const limit = (timeout + 20) * 1000
    void t.spawn('env', words, { name: file, at: null, stack: '', buffered: true, timeout: limit, env })
  }
}
