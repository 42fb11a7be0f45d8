// Makes dist/: one bundle a command (CommonJS starts fastest), a sensor's own process, the library and its types.

import { existsSync, readFileSync, rmSync } from 'node:fs'
import { build } from 'esbuild'

const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
const commands = ['log-sink', 'log-source', 'repack', 'sensor-sim', 'verify']

const shared = {
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  external: ['better-sqlite3', 'pg', 'systeminformation'],
  sourcemap: process.env.DAQ_SOURCEMAP === '1',
  legalComments: 'none',
  minifySyntax: true,
  minifyWhitespace: true,
  logLevel: 'warning',
}

const bundle = {
  ...shared,
  format: 'cjs',
  banner: { js: "const __bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
  define: { DAQUTILS_VERSION: JSON.stringify(version), 'import.meta.url': '__bundleUrl' },
}

const camelCase = name => name.replace(/-(.)/g, (_, letter) => letter.toUpperCase())

function commandBundle(name) {
  const contents = `import { main } from './cli/main.ts'
import { ${camelCase(name)} } from './commands/${name}.ts'
void main(${camelCase(name)})`
  return build({ ...bundle, stdin: { contents, resolveDir: 'src', loader: 'ts' }, outfile: `dist/${name}.cjs` })
}

rmSync('dist', { recursive: true, force: true })
await Promise.all([...commands.filter(name => existsSync(`src/commands/${name}.ts`)).map(commandBundle)])
