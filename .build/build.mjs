// Makes dist/: one bundle a command (CommonJS starts fastest), a sensor's own process, the library and its types.

import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { build } from 'esbuild'

const { version, dependencies, optionalDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
const sourcemap = process.env.DAQ_SOURCEMAP === '1'
const heavy = [...Object.keys(optionalDependencies), 'libsodium-wrappers', 'pg', 'systeminformation', 'ws']

const shared = {
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  external: heavy,
  define: { DAQUTILS_VERSION: JSON.stringify(version) },
  sourcemap,
  sourcesContent: false,
  legalComments: 'none',
  minify: !sourcemap,
  logLevel: 'warning',
}

/** What only `--help` needs is a file of its own: every other start need not read it. */
const helpApart = {
  name: 'help-apart',
  setup({ onResolve }) {
    onResolve({ filter: /\/help\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './help.cjs', external: true } : undefined,
    )
  },
}

/** Modules of Node's own that cost a start a millisecond or more, each, and that most starts do without. */
const SELDOM_NEEDED =
  /^(node:)?(child_process|crypto|fs\/promises|https?|net|os|readline|timers\/promises|tls|tty|v8|worker_threads|zlib)$/

/** They are loaded by whoever first uses something of them. */
const builtinsOnUse = {
  name: 'builtins-on-use',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: SELDOM_NEEDED }, ({ path, namespace }) =>
      namespace === 'builtin' ? { path, external: true } : { path, namespace: 'builtin' },
    )
    onLoad({ filter: SELDOM_NEEDED, namespace: 'builtin' }, async ({ path }) => {
      const names = Object.keys(await import(path)).filter(name => name !== 'default')
      const getters = names.map(name => `get ${name}() { return builtin().${name} }`)
      return {
        contents: `let made; const builtin = () => made ??= require('${path}'); module.exports = { ${getters} }`,
      }
    })
  },
}

const commonJs = {
  ...shared,
  format: 'cjs',
  // What is loaded on use is CommonJS, too, and need not start the loader of ES modules.
  supported: { 'dynamic-import': false },
  banner: { js: "const __bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
  define: { ...shared.define, 'import.meta.url': '__bundleUrl' },
  plugins: [helpApart, builtinsOnUse],
}

const camelCase = name => name.replace(/-(.)/g, (_, letter) => letter.toUpperCase())

function commandBundle(name) {
  const contents = `import { start } from './cli/start.ts'
start('${name}', async () => {
  const { main } = await import('./cli/main.ts')
  await main((await import('./commands/${name}.ts')).${camelCase(name)})
})`
  return entryBundle(name, contents)
}

/** Of a command whose first word says what it does. */
function familyBundle(name) {
  const contents = `import { start } from './cli/start.ts'
start('${name}', async () => {
  const { mainFamily } = await import('./cli/family.ts')
  await mainFamily((await import('./commands/${name}.ts')).${name})
})`
  return entryBundle(name, contents)
}

function entryBundle(name, contents) {
  return build({ ...commonJs, stdin: { contents, resolveDir: 'src', loader: 'ts' }, outfile: `dist/${name}.cjs` })
}

/** The live page of `spectrum --serve`: what it is made of has a digest in its name, so that browsers may keep it. */
async function pageFiles() {
  const folder = 'src/page/browser'
  const { metafile } = await build({
    entryPoints: [`${folder}/main.ts`],
    bundle: true,
    format: 'esm',
    target: ['es2022', 'safari16'],
    outdir: 'dist/page',
    entryNames: 'page-[hash]',
    metafile: true,
    minify: !sourcemap,
    sourcemap: sourcemap ? 'inline' : false,
    banner: { js: `/* ${copyrightOf('uplot')} */`, css: `/* ${copyrightOf('uplot')} */` },
    logLevel: 'warning',
  })
  const made = Object.keys(metafile.outputs).map(path => basename(path))
  const html = readFileSync(`${folder}/index.html`, 'utf8')
  const named = made.reduce((text, name) => text.replace(name.endsWith('.css') ? '%STYLE%' : '%SCRIPT%', name), html)
  writeFileSync('dist/page/index.html', named)
  copyFileSync(`${folder}/icon.svg`, 'dist/page/icon.svg')
}

/** Its licence asks for it wherever it goes. */
function copyrightOf(name) {
  const license = readFileSync(`node_modules/${name}/LICENSE`, 'utf8')
  return `This file contains ${name}.\n\n${license.trim()}\n`
}

rmSync('dist', { recursive: true, force: true })
await Promise.all([
  ...[
    'calibrate',
    'fft',
    'log-sink',
    'log-source',
    'plot',
    'repack',
    'sensor-sim',
    'spectrum',
    'valkyrie-keygen',
    'valkyrie-recv',
    'valkyrie-send',
    'verify',
    'vrt',
  ].map(commandBundle),
  familyBundle('broker'),
  entryBundle(
    'daqutils',
    `import { dispatch } from './cli/dispatch.ts'
import { COMMANDS } from './commands/index.ts'
void dispatch(COMMANDS)`,
  ),
  pageFiles(),
  build({ ...commonJs, plugins: [builtinsOnUse], entryPoints: ['src/cli/help.ts'], outfile: 'dist/help.cjs' }),
  build({ ...commonJs, entryPoints: ['src/sensor/process.ts'], outfile: 'dist/sensor-process.cjs' }),
  build({ ...commonJs, entryPoints: ['src/cli/launch.ts'], outfile: 'dist/launch.cjs' }),
  build({
    ...shared,
    format: 'esm',
    minify: false,
    entryPoints: ['src/index.ts'],
    outfile: 'dist/index.js',
    external: Object.keys({ ...dependencies, ...optionalDependencies }),
  }),
])
execFileSync('node_modules/.bin/tsc', ['--project', 'tsconfig.types.json'], { stdio: 'inherit' })

// The font of PNG pictures, with its license beside it.
copyFileSync('node_modules/dejavu-fonts-ttf/ttf/DejaVuSans.ttf', 'dist/DejaVuSans.ttf')
copyFileSync('node_modules/dejavu-fonts-ttf/LICENSE', 'dist/DejaVuSans.LICENSE')
writeFileSync('dist/sensor.cjs', "require('./launch.cjs').launch('sensor-process')\n")
mkdirSync('dist/completions')
for (const [shell, file] of Object.entries({ bash: 'daqutils.bash', zsh: '_daqutils', fish: 'daqutils.fish' })) {
  const script = execFileSync(process.execPath, ['dist/daqutils.cjs', 'completion', shell])
  writeFileSync(`dist/completions/${file}`, script)
}

// V8 counts less exactly what it did not compile itself, and only a bundle that Node loads brings its source map.
if (!sourcemap) keepCode()

/** Runs each command once, so that the code that a start needs is kept compiled. */
function keepCode() {
  const folder = mkdtempSync(join(tmpdir(), 'daqutils-build-'))
  const samples = Buffer.alloc(1024)
  const line = '{"timestamp":"2026-01-01T00:00:00.000Z","id":"a","name":"a","value":1,"seq":0}\n'
  const spectrum = '{"scale":"db","fft_size":2,"dtype":"float32","data":[-20,-90]}\n'
  const inputs = { verify: '', fft: samples, spectrum }
  const runs = {
    repack: [],
    'log-sink': ['-q', join(folder, 'log.csv')],
    'log-source': [join(folder, 'log.csv')],
    'sensor-sim': ['--sensor', 'count=30,interval=10ms'],
    'valkyrie-keygen': ['-q', join(folder, 'keys')],
    calibrate: [],
    spectrum: ['--measure'],
    plot: ['--display', 'never'],
    fft: ['--from', 'raw', '--dtype', 'complex64', '--size', '64', '-o', 'null:'],
    'valkyrie-send': ['--class', 'file', '--filename-pattern', join(folder, 'f_%d')],
    'valkyrie-recv': ['--class', 'file', '--filename-pattern', join(folder, 'f_%d')],
    verify: ['-q'],
    vrt: ['--from', 'ndjson', '-q'],
    broker: ['serve', '--duration', '100ms', '--listen', `unix:${join(folder, 'bus')}`],
  }
  for (const [name, words] of Object.entries(runs)) {
    execFileSync(process.execPath, [`bin/${name}.cjs`, ...words], {
      input: inputs[name] ?? line,
      env: { ...process.env, DAQUTILS_KEEP_CODE: '1' },
      stdio: ['pipe', 'ignore', 'inherit'],
    })
  }
  rmSync(folder, { recursive: true })
}
