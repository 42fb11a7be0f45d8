// A Valkyrie configuration, read once: what is to be opened, and how.

import { MAX_PACKET } from '../codec/codec.ts'
import { UsageError } from '../errors.ts'
import { type Policy, parsePolicy } from '../stream/policy.ts'
import { classNamed, type Role, type ValkyrieClass } from './class-name.ts'
import { checkKeys, type ValkyrieConfig } from './config-keys.ts'
import { isPattern, type Pattern, parsePattern } from './pattern.ts'
import { wireUrl } from './wire-url.ts'

/** Where packets go to or come from. */
export type Target =
  | { readonly over: 'wire'; readonly url: string }
  | { readonly over: 'pairs'; readonly pattern: Pattern }
  | { readonly over: 'frames'; readonly path: string }
  | { readonly over: 'nothing' }

export interface Settings {
  readonly role: Role
  readonly kind: ValkyrieClass
  readonly target: Target
  readonly policy: Policy
  readonly buffer: number
  /** Of a read, in milliseconds; Infinity is for ever. */
  readonly timeout: number
  readonly maxPacket: number
  readonly follow: boolean
  /** Whether warnings are wanted. */
  readonly warnings: boolean
  readonly signal: AbortSignal | undefined
}

const BUFFER = 1024

/** Checks everything that can be checked without I/O; throws a UsageError. */
export function settingsOf(config: ValkyrieConfig, role: Role): Settings {
  checkKeys(config)
  if (config.class_name === undefined) throw new UsageError('no class_name given')
  const kind = classNamed(config.class_name)
  const { high_water_mark, buffer } = config
  const waiting = Number(high_water_mark ?? buffer ?? BUFFER)
  const implied = Number(high_water_mark ?? 0) > 1 ? 'drop-oldest' : 'latest'
  return {
    role,
    kind,
    target: targetOf(config, kind, role),
    policy: config.policy === undefined ? implied : parsePolicy(config.policy),
    buffer: Math.max(1, waiting),
    timeout: Number(config.recv_timeout_milliseconds ?? 0) || Number.POSITIVE_INFINITY,
    maxPacket: Number(config.max_packet ?? MAX_PACKET),
    follow: config.follow ?? false,
    warnings: !isQuiet(config.log?.level),
    signal: signalOf(config.signal),
  }
}

function targetOf(config: ValkyrieConfig, kind: ValkyrieClass, role: Role): Target {
  if (kind.wire) return { over: 'wire', url: wireUrl(config, kind.wire, role) }
  if (kind.name === 'dummy') return { over: 'nothing' }
  const name = config.filename_pattern ?? config.endpoint
  if (name === undefined) throw new UsageError(`class_name ${kind.name}: no filename_pattern given`)
  return isPattern(name)
    ? { over: 'pairs', pattern: parsePattern(name) }
    : { over: 'frames', path: name.replaceAll('%%', '%') }
}

const LEVELS = ['DEBUG', 'INFO', 'WARNING', 'WARN', 'ERROR', 'CRITICAL', 'FATAL']

/** Levels as Python's logging has them. */
function isQuiet(level: unknown): boolean {
  if (level === undefined) return false
  const at = LEVELS.indexOf(String(level).toUpperCase())
  if (at < 0) throw new UsageError(`log level '${level}': expected one of ${LEVELS.join(', ')}`)
  return at >= LEVELS.indexOf('ERROR')
}

function signalOf(signal: unknown): AbortSignal | undefined {
  if (signal === undefined || signal instanceof AbortSignal) return signal
  throw new UsageError('signal: expected an AbortSignal')
}
