// What a bench is, and how its sides are run: by turns, round after round, after all have given the same answer.

import { measure, missing, shell } from './machine.ts'

/** One run of one side. `cpu` in seconds, `rss` in MB: the largest process; `others`: cores that anybody else used. */
export interface Run {
  readonly value: number
  readonly cpu?: number
  readonly rss?: number
  readonly others?: number
}

export interface Side {
  readonly name: string
  readonly needs: readonly string[]
  run(): Promise<Run>
  /** The result on a small prefix; sides that have one must agree. */
  answer?(): Promise<string>
}

/** `side` must be at least (more is better) or at most (less is better) `factor` times `than`, or times 1. */
export interface Bar {
  readonly side: string
  readonly factor: number
  readonly than?: string
}

export interface Case {
  readonly title: string
  readonly unit: string
  readonly better: 'more' | 'less'
  readonly sides: readonly Side[]
  readonly bars: readonly Bar[]
  /** At least so many rounds, for what takes milliseconds. */
  readonly rounds?: number
}

export interface Settings {
  readonly rounds: number
  /** The fraction of the full amount of input that is used. */
  readonly scale: number
  /** Only sides whose name contains this, and ours. */
  readonly only: string
}

export interface Bench {
  readonly name: string
  readonly summary: string
  cases(settings: Settings): Promise<readonly Case[]>
  close?(): Promise<void>
}

export interface Figures {
  readonly side: string
  readonly runs: readonly Run[]
  readonly median: number
}

export interface Outcome {
  readonly title: string
  readonly figures: readonly Figures[]
  readonly problems: readonly string[]
}

/** Runs what can be run and agrees; the rest is named in `problems`. */
export async function runCase(item: Case, { rounds, only }: Settings): Promise<Outcome> {
  const problems: string[] = []
  const wanted = item.sides.filter(side => only === '' || side.name.includes(only) || isOurs(item, side.name))
  const present = wanted.filter(side => {
    const reasons = side.needs.map(missing).filter(reason => reason !== undefined)
    if (reasons.length > 0) problems.push(`${side.name}: ${reasons.join('; ')}`)
    return reasons.length === 0
  })
  const agreed = await agreeing(present, problems)
  const runs = new Map(agreed.map(side => [side, [] as Run[]]))
  for (let round = 0; round < Math.max(rounds, item.rounds ?? 0); round++)
    for (const [side, done] of runs)
      try {
        done.push(await side.run())
      } catch (error) {
        problems.push(`${side.name}: ${reasonOf(error)}`)
        runs.delete(side)
      }
  const figures = [...runs].map(([side, done]) => ({
    side: side.name,
    runs: done,
    median: median(done.map(run => run.value)),
  }))
  return { title: item.title, figures, problems }
}

function isOurs(item: Case, name: string): boolean {
  return item.bars.some(bar => bar.side === name)
}

async function agreeing(sides: readonly Side[], problems: string[]): Promise<readonly Side[]> {
  let expected: { readonly side: string; readonly text: string } | undefined
  const agreed: Side[] = []
  for (const side of sides) {
    try {
      const text = await side.answer?.()
      if (text !== undefined) {
        expected ??= { side: side.name, text }
        if (text !== expected.text) {
          problems.push(
            `${side.name}: its answer differs from that of ${expected.side}: ${difference(text, expected.text)}`,
          )
          continue
        }
      }
      agreed.push(side)
    } catch (error) {
      problems.push(`${side.name}: ${reasonOf(error)}`)
    }
  }
  return agreed
}

function difference(found: string, expected: string): string {
  const there = expected.split('\n')
  const here = found.split('\n')
  const at = here.findIndex((line, index) => line !== there[index])
  if (at < 0) return `${here.length} lines, expected ${there.length}`
  return `line ${at + 1} is ${here[at]?.slice(0, 200)}, expected ${there[at]?.slice(0, 200)}`
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.trim().slice(0, 600) : String(error)
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2
}

/** Runs a shell command to its end; the value is `amount` a second. */
export async function timed(command: string, amount: number): Promise<Run> {
  const said = await measure('wall', command)
  return {
    value: amount / Number(said['wall']),
    cpu: Number(said['cpu']),
    rss: Number(said['rss']),
    others: Number(said['others']),
  }
}

export interface Input {
  readonly path: string
  readonly lines: number
  /** Of 10^6 bytes. */
  readonly megabytes: number
}

export interface Filter {
  readonly name: string
  readonly needs: readonly string[]
  /** A shell command from stdin to stdout. */
  readonly filter: string
  readonly input: Input
  readonly count?: 'megabytes' | 'lines'
  /** Brings the output of the prefix to the form that the sides are compared in. */
  readonly normal?: (line: string) => string
}

/** A filter between two pipes; never straight to /dev/null, where grep stops at its first match. */
export function filterSide({ name, needs, filter, input, count = 'megabytes', normal = sameJson }: Filter): Side {
  return {
    name,
    needs,
    run: () => timed(`cat ${input.path} | ${filter} | cat >/dev/null`, input[count]),
    answer: async () => {
      const text = await shell(`head -n 2000 ${input.path} | ${filter}`)
      return text.trimEnd().split('\n').map(normal).join('\n')
    },
  }
}

/** JSON lines written with or without spaces are the same. */
export function sameJson(line: string): string {
  return line.startsWith('{') ? JSON.stringify(JSON.parse(line)) : line
}
