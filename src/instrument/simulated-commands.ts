// The SCPI that a simulated receiver understands: that of ThinkRF's programmer's guides, and what sets its signal.

import { UsageError } from '../errors.ts'
import { headerPattern, parseCommand, type ScpiCommand, scpiNumber } from './scpi-command.ts'
import type { SimulatedReceiver } from './simulated-receiver.ts'
import { choice, ENTRY, FREQUENCY, number, OWN, type Row } from './simulated-settings.ts'

const SYSTEM: readonly Row[] = [
  { pattern: '*IDN', ask: ({ identity }) => identity.join(',') },
  { pattern: '*RST', set: receiver => receiver.reset() },
  { pattern: '*CLS', set: ({ errors }) => errors.splice(0) },
  { pattern: '*OPC', ask: () => '1', set: () => {} },
  { pattern: '*WAI', set: () => {} },
  { pattern: 'SYSTem:ERRor[:NEXT]', ask: ({ errors }) => errors.shift() ?? '0,"No error"' },
  { pattern: 'SYSTem:VERSion', ask: () => '1999.0' },
  { pattern: 'SYSTem:ABORt', set: ({ engine }) => engine.stop() },
  { pattern: 'SYSTem:FLUSh', set: ({ engine }) => engine.flush() },
  { pattern: 'SYSTem:LOCK:REQuest', ask: () => '1' },
  { pattern: 'SYSTem:LOCK:HAVE', ask: () => '1' },
  {
    pattern: 'SYSTem:CAPTure:MODE',
    ask: ({ engine: { running } }) => (running === 'stream' ? 'STREAMING' : running === 'sweep' ? 'SWEEPING' : 'BLOCK'),
  },
  { pattern: '[:SENSe]:LOCK:RF', ask: () => '1' },
  { pattern: '[:SENSe]:LOCK:REFerence', ask: () => '1' },
  { pattern: 'SOURce:REFerence:PLL', ask: () => 'INT', set: (_, [word]) => choice(word, ['INT'], String) },
  { pattern: 'TRIGger:TYPE', ask: () => 'NONE', set: (_, [word]) => choice(word, ['NONE'], String) },
]

const CAPTURE: readonly Row[] = [
  {
    pattern: '[:SENSe]:FREQuency:CENTer',
    ask: ({ settings }) => `${settings.frequency}`,
    set: (receiver, [word]) => {
      receiver.settings = { ...receiver.settings, frequency: number(word, ...FREQUENCY) }
    },
  },
  {
    pattern: 'TRACe:BLOCk:DATA',
    // The answer comes over the other connection.
    ask: ({ engine }) => {
      engine.start('block', 0)
      return ''
    },
  },
  { pattern: 'TRACe:STReam:STARt', set: ({ engine }, [id]) => engine.start('stream', identifier(id)) },
  { pattern: 'TRACe:STReam:STOP', set: ({ engine }) => stop(engine, 'stream') },
  { pattern: 'TRACe:STReam:STATus', ask: ({ engine }) => (engine.running === 'stream' ? 'RUNNING' : 'STOPPED') },
]

const SWEEP: readonly Row[] = [
  {
    pattern: 'SWEep:ENTRy:NEW',
    set: receiver => {
      const { settings } = receiver
      receiver.draft = { ...settings, stop: settings.frequency, step: 100e6 }
    },
  },
  {
    pattern: 'SWEep:ENTRy:FREQuency:CENTer',
    ask: ({ draft }) => `${draft.frequency},${draft.stop}`,
    set: (receiver, [from, to = from]) => {
      const frequency = number(from, ...FREQUENCY)
      receiver.draft = { ...receiver.draft, frequency, stop: number(to, frequency, FREQUENCY[1]) }
    },
  },
  {
    pattern: 'SWEep:ENTRy:FREQuency:STEP',
    ask: ({ draft }) => `${draft.step}`,
    set: (receiver, [word]) => {
      receiver.draft = { ...receiver.draft, step: number(word, 1, 8e9) }
    },
  },
  {
    pattern: 'SWEep:ENTRy:SAVE',
    set: receiver => {
      if (receiver.entries.length >= 500) throw new UsageError('expected at most 500 entries')
      receiver.entries.push(receiver.draft)
    },
  },
  {
    pattern: 'SWEep:ENTRy:DELete',
    set: (receiver, [which]) => {
      if ((which ?? '').toUpperCase() === 'ALL') receiver.entries = []
      else receiver.entries.splice(number(which, 1, receiver.entries.length) - 1, 1)
    },
  },
  { pattern: 'SWEep:ENTRy:COUNt', ask: ({ entries }) => `${entries.length}` },
  {
    pattern: 'SWEep:LIST:ITERations',
    ask: ({ iterations }) => `${iterations}`,
    set: (receiver, [word]) => {
      receiver.iterations = number(word, 0, 2 ** 32 - 1)
    },
  },
  {
    pattern: 'SWEep:LIST:STARt',
    set: ({ engine, entries }, [id]) => {
      if (entries.length === 0) throw new UsageError('the list is empty')
      engine.start('sweep', identifier(id))
    },
  },
  { pattern: 'SWEep:LIST:STOP', set: ({ engine }) => stop(engine, 'sweep') },
  { pattern: 'SWEep:LIST:STATus', ask: ({ engine }) => (engine.running === 'sweep' ? 'RUNNING' : 'STOPPED') },
]

/** What only a simulated receiver has: `SIMulate:TONE 2.45GHz,-30` adds one, without arguments all are gone. */
const SIGNAL: readonly Row[] = [
  {
    pattern: 'SIMulate:TONE',
    ask: ({ signal }) => signal.tones.map(({ frequency, level }) => `${frequency},${level}`).join(';'),
    set: ({ signal }, [frequency, level]) => {
      signal.tones =
        frequency === undefined
          ? []
          : [...signal.tones, { frequency: scpiNumber(frequency), level: number(level, -200, 60) }]
    },
  },
  {
    pattern: 'SIMulate:NOISe',
    ask: ({ signal }) => `${signal.noise ?? 'NONE'}`,
    set: ({ signal }, [level]) => {
      signal.noise = (level ?? '').toUpperCase() === 'NONE' ? undefined : number(level, -200, 60)
    },
  },
]

const ROWS = [...OWN, ...ENTRY, ...SYSTEM, ...CAPTURE, ...SWEEP, ...SIGNAL].map(row => ({
  ...row,
  matches: headerPattern(row.pattern),
}))

const identifier = (word: string | undefined) => (word === undefined ? 0 : number(word, 0, 2 ** 32 - 1))

function stop(engine: SimulatedReceiver['engine'], kind: string): void {
  if (engine.running === kind) engine.stop()
}

/** Carries out a line; gives the answers to its questions. What is wrong is for `SYSTem:ERRor?` to tell. */
export function execute(receiver: SimulatedReceiver, line: string): readonly string[] {
  const answers: string[] = []
  for (const text of line.split(';')) {
    if (text.trim() === '') continue
    const answer = executeOne(receiver, text)
    if (answer) answers.push(answer)
  }
  return answers
}

function executeOne(receiver: SimulatedReceiver, text: string): string | undefined {
  const command = parseCommand(text)
  const act = command && actionOf(command)
  if (!act) {
    receiver.errors.push(`-113,"Undefined header;${text.trim()}"`)
    return undefined
  }
  try {
    return act(receiver, command.arguments) ?? undefined
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    receiver.errors.push(`-222,"Data out of range;${text.trim()}: ${error.message}"`)
    return undefined
  }
}

function actionOf({ header, isQuestion }: ScpiCommand): Row['ask'] | Row['set'] {
  const row = ROWS.find(({ matches }) => matches(header))
  return isQuestion ? row?.ask : row?.set
}
