// Kills a broker with a journal at random moments while 20 clients publish and subscribe, and then looks whether anything that
// was confirmed is missing, or came twice without saying so. Run after a build: node --import tsx test/soak/broker-kill.ts [ROUNDS]

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Crowd } from '../support/crowd.ts'

const ROUNDS = Number(process.argv[2] ?? 100)
const LONGEST_LIFE_MS = 1000

const say = (text: string) => process.stdout.write(`${text}\n`)
const pause = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds))

async function serve(words: readonly string[]): Promise<ChildProcess> {
  const broker = spawn(process.execPath, ['dist/broker.cjs', 'serve', '-v', ...words], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  broker.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  while (!said.includes('listening on')) {
    if (broker.exitCode !== null) throw new Error(`the broker ended: ${said}`)
    await pause(5)
  }
  return broker
}

async function soak(sync: string): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'daqutils-soak-'))
  const url = `unix:${folder}/socket`
  const words = ['--listen', url, '--journal', join(folder, 'journal'), '--sync', sync, '--journal-segment', '1MB']
  let broker = await serve(words)
  const crowd = new Crowd(url)
  crowd.start()
  for (let round = 0; round < ROUNDS && crowd.failures.length === 0; round++) {
    const before = crowd.taken
    while (crowd.taken === before && crowd.failures.length === 0) await pause(5)
    await pause(Math.random() * LONGEST_LIFE_MS)
    broker.kill('SIGKILL')
    await once(broker, 'exit')
    broker = await serve(words)
    if ((round + 1) % 20 === 0) say(`${round + 1} kills, ${crowd.sent} confirmed`)
  }
  await crowd.finish()
  broker.kill('SIGTERM')
  const [code] = await once(broker, 'exit')
  const problems = crowd.problems()
  for (const problem of problems) say(problem)
  const torn = readdirSync(join(folder, 'journal')).filter(name => name.includes('.torn-')).length
  say(
    `exit ${code}, ${ROUNDS} kills, ${crowd.sent} confirmed, ${crowd.unmarked} unmarked, ${torn} torn tails, --sync ${sync}`,
  )
  rmSync(folder, { recursive: true })
  return problems.length === 0 && code === 0
}

let good = true
for (const sync of ['interval', 'always']) good = (await soak(sync)) && good
process.exit(good ? 0 : 1)
