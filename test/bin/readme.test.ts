// What the README says of Python programs and of programs of your own, run as it is printed.

import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { commandFolder, ROOT, runLine } from '../support/cases.ts'
import { DEBIAN_PYTHON, noNumpy, noPyzmq } from '../support/python.ts'

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
const section = /^## Talk to your Python programs\n([\s\S]*?)^## /m.exec(readme)?.[1] ?? ''
const blocks = [...section.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language, text = '']) => ({
  language,
  text,
}))
const of = (wanted: string) => blocks.filter(({ language }) => language === wanted).map(({ text }) => text)

/** A folder with the Python programs and the commands, `python3` being Debian's. */
function workplace(t: Test) {
  const folder = t.testdir({})
  for (const text of of('python')) {
    const name = /^# (\w+\.py)\n/.exec(text)?.[1]
    if (name === undefined) throw new Error(`a program without a name: ${text}`)
    writeFileSync(join(folder, name), text)
  }
  const commands = commandFolder(folder)
  symlinkSync(DEBIAN_PYTHON, join(commands, 'python3'))
  return { folder, run: (line: string) => runLine(line, commands, { folder }) }
}

const lines = of('sh').flatMap(text => text.split('\n').filter(line => line !== '' && !line.startsWith('#')))

t.test('the section has two programs of ten lines, a line for each, and a program of your own', async t => {
  t.equal(of('python').length, 2)
  for (const text of of('python')) t.ok(text.trimEnd().split('\n').length <= 11, text)
  t.equal(lines.length, 2)
  t.equal(of('js').length, 1)
})

t.test('a reader in Python gets what valkyrie-send sends', { skip: noPyzmq }, async t => {
  const { run } = workplace(t)
  const { code, stdout, stderr } = await run(lines[0] ?? '')
  t.equal(code, 0, stderr)
  const printed = stdout.toString().trimEnd().split('\n')
  t.equal(printed.length, 5)
  for (const line of printed) t.match(line, /^\{'timestamp': '.*', 'value': -?\d+.*\} 0$/)
})

t.test('valkyrie-recv gets what a writer in Python sends', { skip: noPyzmq || noNumpy }, async t => {
  const { run } = workplace(t)
  const { code, stderr } = await run(lines[1] ?? '')
  t.equal(code, 0, stderr)
  const shapes = await run(`python3 -c 'import numpy
for n in range(5): print(numpy.load("image_%d.npy" % n).shape)'`)
  t.equal(shapes.stdout.toString(), '(2, 3)\n'.repeat(5), shapes.stderr)
})

t.test('a program of your own', async t => {
  const { folder, run } = workplace(t)
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(ROOT, join(folder, 'node_modules', 'daqutils'))
  writeFileSync(join(folder, 'program.mjs'), of('js')[0] ?? '')
  const { code, stdout, stderr } = await run('node program.mjs')
  t.equal(code, 0, stderr)
  t.equal(stdout.toString(), "{ dtype: 'uint16', shape: [ 2, 2 ] } 8\n1 {}\n")
})

t.test('the first look at the broker', async t => {
  const [, block = ''] = /<!-- first-look-broker -->\n```sh\n([\s\S]*?)```/.exec(readme) ?? []
  const folder = t.testdir({})
  const environment = { DAQ_LISTEN: 'unix:bus', DAQ_BUS: 'unix:bus' }
  const { code, stdout, stderr } = await runLine(block, commandFolder(folder), { folder, environment })
  t.equal(code, 0, stderr)
  t.match(stdout.toString(), /"kind":"broker".*"received":20,.*"sent":20,/)
})
