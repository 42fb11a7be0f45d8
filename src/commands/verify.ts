// verify: proves what a transport did to the packets of `sensor-sim --probe sequence`.

import { defineCommand } from '../cli/command.ts'
import { openInputs, openOutputs, runInto } from '../cli/endpoints.ts'
import { limited } from '../cli/limits.ts'
import { COMMON, INPUT, LIMITS, OUTPUT, QUEUE } from '../cli/shared-options.ts'
import { faultOf } from '../codec/unreadable.ts'
import { DataError } from '../errors.ts'
import { countFindings, findingsText, Verifier, WINDOW } from '../filter/verify.ts'
import { type Batch, packet } from '../packet.ts'
import type { Rejecter } from '../stream/reject.ts'
import type { Stage } from '../stream/step.ts'

export const verify = defineCommand({
  name: 'verify',
  summary: 'prove what a transport did: lost, duplicated, reordered, corrupt, late',
  description: [
    'verify reads the packets of sensor-sim --probe sequence, through whatever lies between, and writes one record of ' +
      'what it found: how many were received, lost, duplicated, reordered and corrupt, the ranges of missing numbers ' +
      'for each sensor and in all, and the percentiles of their latency. It ends with exit code 3 if anything was wrong.',
    `Memory is bounded: what is more than ${WINDOW.toLocaleString('en')} numbers behind the newest of its sensor counts ` +
      'as stale, because nobody knows any more whether it came before. A corrupt packet is not counted as lost, too.',
    'The latency is the time from the packet’s timestamp_ns, or timestamp, until verify reads it: it means something ' +
      'only where both clocks are the same, and where the timestamps are the clock’s.',
  ],
  positionals: [],
  options: [
    ...COMMON,
    {
      name: 'expect',
      kind: 'count',
      argument: 'N',
      summary: 'so many packets there must be: finds those lost at the end',
    },
    {
      name: 'midway',
      kind: 'flag',
      summary: 'the stream was joined midway: count from the first number of each sensor',
    },
    { name: 'pass', kind: 'flag', summary: 'pass the packets on as they came; the record goes to stderr' },
    ...LIMITS,
    ...INPUT,
    ...OUTPUT,
    ...QUEUE,
  ],
  examples: [
    {
      summary: 'Nothing is lost between two processes',
      line: 'sensor-sim --probe sequence --interval 0 -n 10000 | verify --expect 10000',
    },
    {
      summary: 'What a lossy network did',
      line: 'sensor-sim --probe sequence --interval 0 -n 10000 --fault drop=1%,corrupt=1% | verify',
      code: 3,
    },
    {
      summary: 'In the middle of a pipeline',
      line: 'sensor-sim --probe sequence -n 5 | verify --pass | log-sink csv:sequence.csv',
    },
  ],
  seeAlso: ['sensor-sim(1)', 'packet(5)'],
  filter: true,
  async run(context) {
    const { values, reject, ledger } = context
    const verifier = new Verifier({ midway: values.midway, expect: values.expect })
    const source = openInputs(context)
    const sink = await openOutputs(context, context.values.in)
    const report = (): Batch => {
      const findings = { ...verifier.findings() }
      countFindings(findings, ledger.stage('verify'))
      if (values.pass) context.warn(JSON.stringify(findings))
      context.inform(findingsText(findings))
      return values.pass ? NOTHING : [packet(JSON.parse(JSON.stringify(findings)))]
    }
    const stage = { ...verifyStage(verifier, { reject, pass: values.pass }), end: report }
    await runInto(limited(source, values, context.stop), [stage], sink)
  },
})

interface VerifyStageOptions {
  readonly reject: Rejecter
  readonly pass: boolean
}

const NOTHING: Batch = []

/** Looks at every packet; gives them on, or nothing. */
function verifyStage(verifier: Verifier, { reject, pass }: VerifyStageOptions): Stage {
  return {
    push(batch) {
      const now = performance.timeOrigin + performance.now()
      for (const packet of batch) {
        try {
          verifier.take(packet, now)
        } catch (error) {
          if (!(error instanceof DataError)) throw error
          reject({ place: error.place, ...faultOf(error), bytes: new Uint8Array(0) })
        }
      }
      return pass ? batch : NOTHING
    },
  }
}
